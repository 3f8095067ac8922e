"""The environment variables of the containers of Airflow."""

import json
from typing import Final

from airside.render.accounts import OPTION, as_option
from airside.render.airflow_options import (
    PATIENCE,
    SECRETS_BACKEND,
    Options,
    airflow_options,
    as_variables,
    broker_options,
    with_own_options,
)
from airside.render.compose.layout import (
    DOCUMENTS,
    HOME,
    PASSWORDS,
    PLACES,
    SECRETS,
    WORKSPACE,
    shape_of,
)
from airside.render.refusing import own_variables
from airside.render.secret_names import needed_secrets
from airside.render.subject import Subject

DEV: Final = "dev"


def base_url(subject: Subject) -> str:
    """Return where people find Airflow."""
    settings = subject.settings
    declared = settings.environments[subject.environments[0]].airflow if subject.environments else None
    return (settings.compose.base_url or declared or f"http://localhost:{settings.compose.port}").rstrip("/")


def airflow_variables(subject: Subject) -> dict[str, str]:
    """Return the environment variables of every container of Airflow; no secret is in them."""
    settings = subject.settings
    options = _development(subject) if shape_of(subject).development else _tracking(subject)
    below = _addresses(subject)
    for section, values in options.items():
        below.setdefault(section, {}).update(values)
    # What this machine decides is not the user's to say in [airflow.config].
    below["core"][OPTION] = as_option(subject)
    read = dict(one.command(SECRETS) for one in needed_secrets(settings.compose.executor))
    # An account that has no name, since the user of this machine has another number, has a home all the same.
    variables = {"HOME": "/home/airflow", "USER": "airflow", **as_variables(below), **read, **own_variables(settings)}
    return dict(sorted(variables.items()))


def _tracking(subject: Subject) -> Options:
    return airflow_options(subject, PLACES, subject.settings.compose.executor)


def _development(subject: Subject) -> Options:
    bundle = {
        "name": DEV,
        "classpath": "airside.airflow.WorkspaceBundle",
        "kwargs": {"path": WORKSPACE, "refresh_interval": 1},
    }
    options: Options = {
        "core": {
            "executor": subject.settings.compose.executor,
            "load_examples": "False",
            # What somebody writes here is meant to run; nobody looks for the switch.
            "dags_are_paused_at_creation": "False",
        },
        "dag_processor": {
            "dag_bundle_config_list": json.dumps([bundle]),
            "dag_bundle_storage_path": PLACES.bundles,
            "bundle_refresh_check_interval": "1",
        },
        "celery_broker_transport_options": broker_options(subject.settings.compose.executor),
        "secrets": _documents(subject),
        "workers": dict(PATIENCE),
    }
    return with_own_options(subject, {section: values for section, values in options.items() if values})


def _documents(subject: Subject) -> dict[str, str]:
    settings = subject.settings
    if "AIRFLOW__SECRETS__BACKEND" in settings.airflow.variables:
        return {}
    kwargs: dict[str, object] = {"folder": DOCUMENTS, "key_file": PLACES.key_file}
    if settings.secrets.vault:
        kwargs["vault"] = dict(settings.secrets.vault)
    return {"backend": SECRETS_BACKEND, "backend_kwargs": json.dumps(kwargs)}


def _addresses(subject: Subject) -> Options:
    options: Options = {
        "api": {"base_url": base_url(subject), "host": "0.0.0.0", "port": "8080"},  # noqa: S104 - of the container
        "core": {
            "execution_api_server_url": "http://api-server:8080/execution/",
            "dags_folder": f"{HOME}/dags",
            "simple_auth_manager_passwords_file": PASSWORDS,
        },
        "logging": {"base_log_folder": f"{HOME}/logs"},
        "scheduler": {"enable_health_check": "True"},
    }
    if shape_of(subject).celery:
        options["celery"] = {"worker_concurrency": str(subject.settings.compose.concurrency)}
    return options
