"""Where things lie in the containers, and which secrets there are."""

from dataclasses import dataclass
from typing import Final

from airside.render.airflow_options import Places
from airside.render.secret_names import needed_secrets
from airside.render.subject import Subject
from airside.render.watching import is_watched

HOME: Final = "/opt/airflow"
SECRETS: Final = "/run/secrets"
"""Where compose puts secrets."""

PASSWORDS: Final = f"{HOME}/passwords.json"
"""Airflow opens it for writing (`SimpleAuthManager.init`, 3.3.2), so it cannot lie among the secrets."""

WORKSPACE: Final = f"{HOME}/workspace"
"""In development, where the folders of the workspace are."""

DOCUMENTS: Final = f"{HOME}/secrets"
"""In development, where the encrypted documents of the workspace are."""

STATE: Final = f"{HOME}/state"
ALERTS: Final = f"{HOME}/alerts"
TRUST: Final = f"{HOME}/trust.toml"
PLACES: Final = Places(bundles=f"{HOME}/bundles", key_file=f"{SECRETS}/age.txt", trust=TRUST)

CELERY: Final = "CeleryExecutor"
AGE: Final = "age.txt"
ALERTS_PASSWORD: Final = "alerts_password"  # noqa: S105 - the name of a file
POSTGRES_PASSWORD: Final = "postgres_password"  # noqa: S105
REDIS_PASSWORD: Final = "redis_password"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Shape:
    """What the stack consists of, as it follows from the settings.

    Attributes:
        development: The working tree is served.
        celery: Workers run the tasks.
        watched: Somebody is told of alerts.
        shared_logs: Logs stay on a volume of this machine.
    """

    development: bool
    celery: bool
    watched: bool
    shared_logs: bool


def shape_of(subject: Subject) -> Shape:
    """Return what the stack consists of."""
    return Shape(
        development=not subject.environments,
        celery=subject.settings.compose.executor == CELERY,
        watched=is_watched(subject),
        shared_logs=not subject.environments or subject.settings.logs.url is None,
    )


def airflow_secrets(subject: Subject) -> list[str]:
    """Return the files of secrets that the containers of Airflow read."""
    return [*(secret.name for secret in needed_secrets(subject.settings.compose.executor)), AGE]
