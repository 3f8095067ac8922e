"""The scripts of a pipeline, the same for every CI service."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from airside.render.ci.access import Access
from airside.render.subject import AirsideSource, Subject
from airside.workspace.settings import Settings

AIRSIDE: Final = 'uvx --from "$AIRSIDE" airside'
"""Runs Airside: uv fetches it at the first use."""

PLAN: Final = "airside-plan.md"
CHECK_RESULTS: Final = "airside-check.xml"
TEST_RESULTS: Final = "airside-tests.xml"

_EXCHANGE = "https://sts.googleapis.com/v1/token"
_ACCOUNTS = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_READ_FIELD = "python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])'"


@dataclass(frozen=True, slots=True)
class Service:
    """How a CI service tells a script what it runs for.

    Attributes:
        message: Why an environment moves, as a word of the shell: the page of the build.
        commit: The commit that is built, likewise.
        actor: Who started it, likewise; None where `AIRSIDE_ACTOR` is set already.
    """

    message: str
    commit: str
    actor: str | None = None


def variables(subject: Subject) -> dict[str, str]:
    """Return the environment variables of every job: no secrets."""
    ci = subject.settings.ci
    found = {"AIRSIDE": _requirement(subject.airside, ci.folder), "UV_PYTHON": python_version(subject.settings)}
    return found | ({"AIRSIDE_WORKSPACE": ci.folder} if ci.folder else {})


def python_version(settings: Settings) -> str:
    """Return the Python that Airside runs in, and Airflow with it."""
    if settings.ci.python:
        return settings.ci.python
    return ".".join(settings.airflow.python.split(".")[:2]) if settings.airflow.python else "3.12"


def image(settings: Settings) -> str:
    """Return the container that jobs run in: uv, Python and git."""
    return settings.ci.image or f"ghcr.io/astral-sh/uv:0.12-python{python_version(settings)}-trixie"


def check(target: str, *, annotate: bool = False) -> str:
    """Return the script that compares the pipeline with the settings, and looks for errors.

    Args:
        target: What was rendered.
        annotate: Tell GitHub the line of each finding, in place of a report for others.
    """
    how = "--format github" if annotate else f"--format junit --output {CHECK_RESULTS}"
    return joined(f"{AIRSIDE} render {target} --check", f"{AIRSIDE} check {how}")


def test() -> str:
    """Return the script that runs the tests."""
    return joined(f"{AIRSIDE} test --junit {TEST_RESULTS}")


def plan(settings: Settings) -> str:
    """Return the script that writes what a merge would change."""
    return joined(f"{AIRSIDE} plan {shlex.quote(settings.ci.deploy)} --format markdown > {PLAN}", f"cat {PLAN}")


def deploy(settings: Settings, service: Service) -> str:
    """Return the script that deploys what is checked out."""
    name = settings.ci.deploy
    move = f"{AIRSIDE} deploy {shlex.quote(name)} {_agreed(settings, name)} --message {service.message}"
    return joined(*_actor(service), *_secrets(settings, name, service), move)


def promote(settings: Settings, service: Service) -> str:
    """Return the script that promotes the release of the commit with the tag; nothing where nothing is promoted."""
    source, name = settings.ci.deploy, settings.ci.promote
    if not name:
        return ""
    what = f"{shlex.quote(source)} {shlex.quote(name)} --commit {service.commit}"
    move = f"{AIRSIDE} promote {what} {_agreed(settings, name)} --message {service.message}"
    return joined(*_actor(service), *_secrets(settings, name, service), move)


def required(secrets: Mapping[str, str]) -> str:
    """Return the script that ends a job of which a variable is empty: a secret that does not exist."""
    return joined(*(f': "${{{variable}:?the secret {name} is not set}}"' for variable, name in secrets.items()))


def exported(secrets: Mapping[str, str]) -> str:
    """Return the script that gives secrets, variables of their own names, the names that Airside reads."""
    return joined(
        *(f'export {variable}="${{{name}:?the secret {name} is not set}}"' for variable, name in secrets.items())
    )


def token_of(access: Access, token: str) -> str:
    """Return the script that turns a job's token into access to the store.

    Args:
        access: Of the job.
        token: The variable that has the token.
    """
    given = f'"${{{token}:?the job has no token of its own}}"'
    if access.role is not None:
        return joined(
            "AWS_WEB_IDENTITY_TOKEN_FILE=$(mktemp)",
            f'printf %s {given} > "$AWS_WEB_IDENTITY_TOKEN_FILE"',
            "export AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_SESSION_NAME=airside",
            f"export AWS_ROLE_ARN={shlex.quote(access.role)} AWS_REGION={shlex.quote(access.region or '')}",
        )
    if access.account is None:
        return ""
    # Tokens go through pipes: everybody on the machine sees what is typed.
    return joined(
        f"federated=$(printf %s {given} | curl --fail --silent --show-error {_EXCHANGE} \\",
        "  --data-urlencode grant_type=urn:ietf:params:oauth:grant-type:token-exchange \\",
        f"  --data-urlencode audience={shlex.quote(f'//iam.googleapis.com/{access.provider}')} \\",
        f"  --data-urlencode scope={_SCOPE} \\",
        "  --data-urlencode requested_token_type=urn:ietf:params:oauth:token-type:access_token \\",
        "  --data-urlencode subject_token_type=urn:ietf:params:oauth:token-type:jwt \\",
        f"  --data-urlencode subject_token@- | {_READ_FIELD} access_token)",
        'GOOGLE_BEARER_TOKEN=$(printf \'header = "Authorization: Bearer %s"\' "$federated" |',
        f"  curl --fail --silent --show-error --config - --data scope={_SCOPE} \\",
        f"  {shlex.quote(f'{_ACCOUNTS}/{access.account}:generateAccessToken')} | {_READ_FIELD} accessToken)",
        "export GOOGLE_BEARER_TOKEN",
    )


def _requirement(source: AirsideSource, folder: str) -> str:
    if not source.wheel:
        return source.requirement
    name, _, version = source.requirement.partition("==")
    return "/".join(filter(None, (folder, "wheels", f"{name}-{version}-py3-none-any.whl")))


def _agreed(settings: Settings, name: str) -> str:
    # The CI service asks whoever has to agree; a protected environment takes no bare yes.
    return f"--confirm {shlex.quote(name)}" if settings.environments[name].protected else "--yes"


def _secrets(settings: Settings, name: str, service: Service) -> Iterable[str]:
    if settings.ci.secrets:
        agreed = _agreed(settings, name)
        yield f"{AIRSIDE} secrets apply {shlex.quote(name)} {agreed} --message {service.message}"


def _actor(service: Service) -> Iterable[str]:
    if service.actor is not None:
        yield f"export AIRSIDE_ACTOR={service.actor}"


def joined(*parts: str) -> str:
    """Return several scripts as one; empty ones leave no trace."""
    return "\n".join(filter(None, parts))
