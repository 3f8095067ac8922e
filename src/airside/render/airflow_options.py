"""The options that Airflow has wherever it runs: what it serves, where secrets and logs are, and the user's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from airside.render.bundles import release_bundles
from airside.render.logs import log_connection, logs_options
from airside.render.refusing import own_options
from airside.render.secret_names import CELERY
from airside.render.subject import Subject

Options = dict[str, dict[str, str]]

REFRESH = 2
"""Seconds between two looks at an environment: a deploy is served within five."""

VISIBILITY = 7 * 24 * 3600
"""Seconds after which the broker gives a task that has not ended to another worker: Airflow gives it a new try, if its
worker is lost, much earlier, and a task that takes longer would be ended (default_celery.py, provider 3.26)."""

PATIENCE: Mapping[str, str] = {"execution_api_timeout": "30"}
"""The API server makes what tasks ask when it is first asked: on a busy machine that takes longer than the usual 5 s,
and a task that has asked five times fails without another try."""

SECRETS_BACKEND = "airside.airflow.SecretsBackend"


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie on the machines of a target.

    Attributes:
        bundles: The folder for releases: local, Airflow's own, kept over a restart where there is such a place.
        key_file: The file with the age key that decrypts secrets; None where there is none.
        trust: The file that says whose signatures are demanded; None where there is none.
    """

    bundles: str
    key_file: str | None = None
    trust: str | None = None


def store_arguments(subject: Subject, places: Places) -> dict[str, object]:
    """Return the arguments with which bundles and the secrets backend find the store, and whom they trust there."""
    store = subject.settings.store
    arguments: dict[str, object] = {"store": store.url, "store_options": dict(store.options)}
    if subject.trust is not None and places.trust is not None:
        arguments["trust"] = places.trust
    return arguments


def airflow_options(subject: Subject, places: Places, executor: str) -> Options:
    """Return the options of an Airflow that tracks environments, without secrets and addresses.

    Args:
        subject: What is rendered; it names at least one environment.
        places: Where things lie.
        executor: The executor, or several joined by commas.
    """
    arguments = store_arguments(subject, places)
    served = {**arguments, "mismatch": subject.settings.platform.mismatch}
    options: Mapping[str, Mapping[str, str]] = {
        "core": {"executor": executor, "load_examples": "False"},
        "dag_processor": {
            "dag_bundle_config_list": json.dumps(release_bundles(subject.environments, served, REFRESH)),
            "dag_bundle_storage_path": places.bundles,
            "bundle_refresh_check_interval": "1",
        },
        "secrets": _secrets(subject, places, arguments),
        "workers": PATIENCE,
        "celery_broker_transport_options": broker_options(executor),
        **logs_options(subject.settings, subject.environments),
    }
    return with_own_options(subject, {section: dict(values) for section, values in options.items() if values})


def broker_options(executor: str) -> dict[str, str]:
    """Return how Celery's broker keeps tasks; nothing for other executors."""
    return {"visibility_timeout": str(VISIBILITY)} if CELERY in executor.split(",") else {}


def with_own_options(subject: Subject, options: Options) -> Options:
    """Return `options` with those of `[airflow.config]`, which have the last word."""
    merged = {section: dict(values) for section, values in options.items()}
    for section, values in own_options(subject.settings).items():
        merged.setdefault(section, {}).update(values)
    # A section of which nothing is left would, in values of Helm, take the chart's own options away.
    return {section: values for section, values in merged.items() if values}


def _secrets(subject: Subject, places: Places, arguments: Mapping[str, object]) -> dict[str, str]:
    settings = subject.settings
    if "AIRFLOW__SECRETS__BACKEND" in settings.airflow.variables:
        return {}
    one = len(subject.environments) == 1
    tracked = {"environment": subject.environments[0]} if one else {"environments": list(subject.environments)}
    kwargs: dict[str, object] = {**arguments, **tracked}
    if places.key_file is not None:
        kwargs["key_file"] = places.key_file
    if settings.secrets.vault:
        kwargs["vault"] = dict(settings.secrets.vault)
    if (logs := log_connection(settings, subject.environments)) is not None:
        kwargs["logs"] = logs
    return {"backend": SECRETS_BACKEND, "backend_kwargs": json.dumps(kwargs)}


def as_variables(options: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return options as environment variables, sorted by name."""
    variables = {
        f"AIRFLOW__{section.replace('.', '_').upper()}__{option.upper()}": value
        for section, values in options.items()
        for option, value in values.items()
    }
    return dict(sorted(variables.items()))
