"""What cannot be rendered, whatever the target, and why."""

from collections.abc import Iterable
from typing import Final

from airside.base.errors import WorkspaceError
from airside.render.secrecy import OPTIONS, secrets_in_settings
from airside.render.secret_names import CELERY, SECRET_NAMES
from airside.render.subject import Subject
from airside.workspace.settings import SETTINGS_FILE, Settings

_REMOTE: Final = ("s3://", "gs://", "az://")
LOCAL: Final = "LocalExecutor"


def refuse(faults: Iterable[str], *, hint: str = f"Correct {SETTINGS_FILE}") -> None:
    """Refuse what has faults, all of them at once; nothing where there are none.

    Raises:
        WorkspaceError: With one line for each fault.
    """
    if lines := [f"{SETTINGS_FILE}: {fault}" for fault in faults]:
        raise WorkspaceError("\n".join(lines), hint=hint)


def own_options(settings: Settings) -> dict[str, dict[str, str]]:
    """Return `[airflow.config]` as it is elsewhere: without the URLs that each platform has of its own.

    A local database or broker is no secret, but what is written in an environment variable would win over the file
    that has the platform's.
    """
    return {
        section: {option: value for option, value in values.items() if (section.lower(), option.lower()) not in OPTIONS}
        for section, values in settings.airflow.config.items()
    }


def own_variables(settings: Settings) -> dict[str, str]:
    """Return `[airflow.env]` as it is elsewhere: without what each platform has of its own, as `own_options`."""
    secret = {one.variable for one in SECRET_NAMES}
    return {name: value for name, value in settings.airflow.env.items() if name not in secret}


def store_out_of_reach(subject: Subject) -> list[str]:
    """Return a fault where releases lie in a folder of the machine that renders."""
    url = subject.settings.store.url
    if not subject.environments or url.startswith(_REMOTE):
        return []
    return [
        f"store.url: {url!r} is a folder of this machine; the platform needs a bucket, such as 's3://bucket/prefix'"
    ]


def missing_lock(subject: Subject) -> None:
    """Refuse a workspace whose packages were never resolved.

    Raises:
        WorkspaceError: It has no `requirements.lock`.
    """
    if subject.lock is None:
        raise WorkspaceError(
            "There is no requirements.lock, which says what the platform installs",
            hint="`airside up` and `airside check` make it; keep it in git.",
        )


def missing_environment(subject: Subject) -> None:
    """Refuse to render a platform that tracks nothing.

    Raises:
        WorkspaceError: No environment is named.
    """
    if not subject.environments:
        known = ", ".join(subject.settings.environments) or "none is declared yet"
        raise WorkspaceError(
            f"{subject.target} needs to know which environment the platform tracks (known: {known})",
            hint=f"airside render {subject.target} --env ENV",
        )


def common_faults(subject: Subject) -> list[str]:
    """Return what is wrong with the settings for any platform."""
    return [*secrets_in_settings(subject.settings), *store_out_of_reach(subject)]


def executor_faults(executor: str, known: Iterable[str], database: str | None, where: str) -> list[str]:
    """Return what is wrong with an executor.

    Args:
        executor: One, or several joined by commas.
        known: Those that the target can run.
        database: A URL of the database, as far as the settings have one.
        where: The key that has the executor, for messages.
    """
    names = executor.split(",")
    known = tuple(known)
    faults = [
        f"{where}: {name!r} does not run there (known: {', '.join(known)})" for name in names if name not in known
    ]
    if database is not None and database.startswith("sqlite"):
        several = "Celery's workers are" if CELERY in names else "its components are"
        faults.append(f"{where}: {executor} cannot share an SQLite database: {several} processes of their own")
    return faults
