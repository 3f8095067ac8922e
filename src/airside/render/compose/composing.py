"""All files of the stack."""

from typing import Final

from airside.render.accounts import ADMIN, users
from airside.render.compose.health import CHECKS
from airside.render.compose.layout import (
    ALERTS,
    ALERTS_PASSWORD,
    DOCUMENTS,
    HOME,
    PASSWORDS,
    POSTGRES_PASSWORD,
    REDIS_PASSWORD,
    SECRETS,
    STATE,
    TRUST,
    WORKSPACE,
    airflow_secrets,
    shape_of,
)
from airside.render.compose.operating import operation
from airside.render.compose.refusing import refuse_what_cannot_run
from airside.render.compose.variables import airflow_variables
from airside.render.image.naming import image_reference
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill
from airside.render.watching import USER, Watcher, WatcherPlaces, watcher
from airside.running.current import DEFAULTS
from airside.workspace.layout import ignore_file

COMPOSE: Final = "compose.yaml"

_CREDENTIALS: Final = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "gs": ("GOOGLE_SERVICE_ACCOUNT_KEY",),
    "az": ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"),
}
"""What the client of a store reads, by the scheme of the store."""


def render(subject: Subject) -> tuple[RenderedFile, ...]:
    """Return the files of a stack that tracks environments, or without one serves the working tree.

    Raises:
        WorkspaceError: The settings do not fit, or there is no lock file.
    """
    refuse_what_cannot_run(subject)
    watching = _watcher(subject)
    files = [
        _compose(subject, watching),
        _filled(subject, ".env.template", "env.template.j2", port=subject.settings.compose.port),
        _filled(subject, ".gitignore", "gitignore.j2"),
        _secrets_script(subject),
        operation(subject),
    ]
    if watching is not None:
        files.append(watching.file)
    if subject.trust is not None and subject.environments:
        files.append(RenderedFile("trust.toml", f"{subject.header('trust.toml')}\n{subject.trust.rstrip()}\n"))
    return (*files, *_working_tree(subject))


def _filled(subject: Subject, path: str, template: str, **values: object) -> RenderedFile:
    shape = shape_of(subject)
    image = subject.settings.compose.image or image_reference(subject)
    text = fill("compose", template, header=subject.header(path), shape=shape, image=image, **values)
    return RenderedFile(path, text, executable=path.endswith(".sh"))


def _compose(subject: Subject, watching: Watcher | None) -> RenderedFile:
    settings = subject.settings
    values = {
        "name": _project(subject),
        "compose": settings.compose,
        "grace": int(settings.compose.grace_period.total_seconds()),
        "variables": {name: _literal(value) for name, value in airflow_variables(subject).items()},
        "secrets": airflow_secrets(subject),
        "checks": {name: _literal(check) for name, check in CHECKS.items()},
        "watching": watching,
        "trusted": subject.trust is not None and bool(subject.environments),
        "entries": settings.workspace.include,
        "dags": settings.workspace.dags,
        "defaults": settings.defaults.encoded() is not None,
        "places": {
            "home": HOME,
            "secrets": SECRETS,
            "passwords": PASSWORDS,
            "workspace": WORKSPACE,
            "documents": DOCUMENTS,
            "state": STATE,
            "alerts": ALERTS,
            "trust": TRUST,
        },
        "files": {"postgres": POSTGRES_PASSWORD, "redis": REDIS_PASSWORD, "alerts": ALERTS_PASSWORD},
    }
    return _filled(subject, COMPOSE, "compose.yaml.j2", **values)


def _secrets_script(subject: Subject) -> RenderedFile:
    values = {
        "users": users(subject),
        "admin": ADMIN,
        "alerts_user": USER,
        "credentials": _CREDENTIALS.get(subject.settings.store.url.partition("://")[0], _CREDENTIALS["s3"]),
    }
    return _filled(subject, "secrets.sh", "secrets.sh.j2", **values)


def _watcher(subject: Subject) -> Watcher | None:
    places = WatcherPlaces(
        airflow="http://api-server:8080",
        settings=ALERTS,
        state=STATE,
        password_file=f"{SECRETS}/{ALERTS_PASSWORD}",
        key_file=f"{SECRETS}/age.txt",
        trust=TRUST,
    )
    return watcher(subject, places)


def _working_tree(subject: Subject) -> list[RenderedFile]:
    """Return what lies beside the folders of the workspace where those are served."""
    if subject.environments:
        return []
    include = subject.settings.workspace.include
    files = [RenderedFile("workspace/.airflowignore", ignore_file((), include).decode())]
    if (defaults := subject.settings.defaults.encoded()) is not None:
        files.append(RenderedFile(f"workspace/{DEFAULTS}", defaults.decode()))
    return files


def _project(subject: Subject) -> str:
    words = [subject.settings.workspace.name, *subject.environments]
    return "-".join(words).replace(".", "-").replace("/", "-")


def _literal(value: str) -> str:
    # A dollar would begin a variable of compose.
    return value.replace("$", "$$")
