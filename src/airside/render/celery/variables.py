"""The environment files of the machines: options of Airflow, and where its secrets lie."""

from collections.abc import Mapping

from airside.render.accounts import OPTION, as_option
from airside.render.airflow_options import Options, airflow_options, as_variables
from airside.render.celery.layout import (
    CONFIGURATION,
    CONTROL_SECRETS,
    LOGS,
    PASSWORDS,
    PLACES,
    SECRETS,
    STATE,
    WORKER_SECRETS,
)
from airside.render.refusing import own_variables
from airside.render.secret_names import CELERY
from airside.render.subject import Subject
from airside.workspace.targets.celery import CelerySettings

_ESCAPED = str.maketrans({character: f"\\{character}" for character in '\\"$`'})
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,@%+=-")


def base_url(subject: Subject) -> str | None:
    """Return where people find Airflow; None where no setting says it."""
    declared = subject.settings.environments[subject.environments[0]].airflow if subject.environments else None
    url = subject.settings.celery.base_url or declared
    return url.rstrip("/") if url else None


def common_variables(subject: Subject) -> dict[str, str]:
    """Return the environment variables of every process, on every machine."""
    variables = {
        "AIRFLOW_CONFIG": f"{CONFIGURATION}/airflow.cfg",
        "AIRFLOW_HOME": f"{STATE}/airflow",
        "AIRSIDE_LOCK": str(subject.lock),
    }
    variables |= as_variables(_options(subject)) | dict(secret.command(SECRETS) for secret in WORKER_SECRETS)
    return dict(sorted((variables | own_variables(subject.settings)).items()))


def control_variables(subject: Subject) -> dict[str, str]:
    """Return the environment variables that the processes of the control host have beside those."""
    options = {
        "core": {
            OPTION: as_option(subject),
            "simple_auth_manager_passwords_file": PASSWORDS,
        }
    }
    variables = as_variables(options) | dict(secret.command(SECRETS) for secret in CONTROL_SECRETS)
    return dict(sorted(variables.items()))


def as_lines(variables: Mapping[str, str]) -> list[str]:
    """Return variables as lines of an environment file, read the same by systemd and by a shell."""
    return [f"{name}={_word(value)}" for name, value in variables.items()]


def _word(value: str) -> str:
    return value if value and set(value) <= _BARE else f'"{value.translate(_ESCAPED)}"'


def _options(subject: Subject) -> Options:
    settings = subject.settings.celery
    below = _addresses(settings, base_url(subject) or "")
    for section, values in airflow_options(subject, PLACES, CELERY).items():
        below.setdefault(section, {}).update(values)
    return below


def _addresses(settings: CelerySettings, url: str) -> Options:
    return {
        "api": {"base_url": url, "host": settings.host, "port": str(settings.port)},
        "core": {
            "execution_api_server_url": f"{settings.internal_url or url}/execution/",
            "hostname_callable": settings.hostname,
        },
        "logging": {
            "base_log_folder": f"{LOGS}/tasks",
            "dag_processor_child_process_log_directory": f"{LOGS}/dag-processor",
            "worker_log_server_port": str(settings.log_port),
        },
    }
