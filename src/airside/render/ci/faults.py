"""What keeps a workspace from being shipped by a pipeline."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from airside.base.suggestions import suggestion
from airside.render.ci.access import moving, planning
from airside.render.refusing import missing_lock, refuse
from airside.render.secrecy import secrets_in_settings
from airside.render.subject import Subject
from airside.workspace.settings import EnvironmentSettings, Settings

_PLACES = ("s3://", "gs://", "az://", "file://", "/")
_PROVIDERS = {"aws": "s3://", "gcp": "gs://"}
_APPROVAL = "approval:"


@dataclass(frozen=True, slots=True)
class Names:
    """What a CI service allows as the name of a secret.

    Attributes:
        service: Its name, for people.
        pattern: A regular expression.
        words: The same in words.
    """

    service: str
    pattern: str
    words: str


def require_shippable(subject: Subject, names: Names, *, tokens: bool = True) -> None:
    """Refuse settings of which no pipeline can come that works.

    Args:
        subject: What is rendered.
        names: What the service allows as the name of a secret.
        tokens: The service gives a job a token that tells who it is.

    Raises:
        WorkspaceError: With one line for each fault.
    """
    settings = subject.settings
    refuse(
        [
            *_environment_faults(settings),
            *_store_faults(settings, names, tokens=tokens),
            *_name_faults(settings, names),
            *secrets_in_settings(settings),
        ]
    )
    missing_lock(subject)


def _environment_faults(settings: Settings) -> Iterator[str]:
    ci = settings.ci
    for key, name in (("ci.deploy", ci.deploy), ("ci.promote", ci.promote)):
        if name and name not in settings.environments:
            known = ", ".join(settings.environments) or "none yet"
            near = suggestion(name, settings.environments)
            yield f"{key}: there is no environment {name!r} (known: {known}{near})"
        elif name and (fault := _approvals(settings.environments[name])):
            yield f"{key}: {name!r} {fault}"
    source = settings.environments.get(ci.deploy, EnvironmentSettings()).promote_from
    if source:
        yield f"ci.deploy: {ci.deploy!r} takes releases from {' or '.join(source)} only, never by a deploy"
    allowed = settings.environments.get(ci.promote, EnvironmentSettings()).promote_from
    if allowed and ci.deploy not in allowed:
        yield f"ci.promote: {ci.promote!r} takes releases from {' or '.join(allowed)}, and not from {ci.deploy!r}"


def _approvals(environment: EnvironmentSettings) -> str | None:
    if any(wish.startswith(_APPROVAL) for wish in environment.require):
        return "requires approvals, which nobody can give in a pipeline: apply an approved plan there"
    return None


def _store_faults(settings: Settings, names: Names, *, tokens: bool) -> Iterator[str]:
    url, ci = settings.store.url, settings.ci
    if not url.startswith(_PLACES):
        yield f"store.url: {url!r} is a folder of the workspace, which ends with the job; a pipeline needs a bucket"
    for table, place in _PROVIDERS.items():
        if getattr(ci, table) is None:
            continue
        if not url.startswith(place):
            yield f"ci.{table}: the store is no {place} but {url!r}"
        if not tokens:
            yield f"ci.{table}: {names.service} gives a job no token; use [ci.keys] and [ci.plan_keys] in its place"


def _name_faults(settings: Settings, names: Names) -> Iterator[str]:
    secrets = {*moving(settings).secrets.values(), *planning(settings).secrets.values()}
    for name in sorted(secrets):
        if not re.fullmatch(names.pattern, name):
            yield f"ci: {name!r} cannot name a secret at {names.service}: {names.words}"
