"""Looks for what keeps a Celery worker from running tasks, as a program: `python -m airside.airflow.worker_check`.

A worker of Airflow that lacks something starts all the same: it waits for a broker, or takes tasks and fails each. So
this asks before. It runs in a process of its own, as it imports Airflow and opens connections that a worker which is
to fork must not inherit. It prints one JSON document, a list of faults; an empty one says that nothing is missing.
"""

import json
import os
import re
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module, metadata
from typing import Any, Final

SECONDS: Final = 20
"""How long each of the three services may take to answer."""

_CELERY: Final = re.compile(r"(^|[.:=])CeleryExecutor(:|$)")
_BROKEN_CELERY: Final = (5, 7)
_DEFAULT_BROKER: Final = "redis://redis:6379/0"
_OWN_BUNDLE: Final = "dags-folder"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a worker needs.

    Attributes:
        what: What is missing or wrong, without a secret.
        hint: What to do.
        away: It is configured, and did not answer.
    """

    what: str
    hint: str
    away: bool = False


def faults() -> Iterator[Fault]:
    """Yield what keeps this machine from running a worker; what rests on something missing is not looked at."""
    try:
        conf: Any = import_module("airflow.configuration").conf
    except ModuleNotFoundError as error:
        yield Fault(
            f"There is no Airflow beside {sys.executable}: no module {error.name}",
            "Install what requirements.lock says, and airside, into one environment.",
        )
        return
    yield from _guarded("[core] executor", lambda: _of_executor(conf))
    yield from _guarded("[dag_processor] dag_bundle_config_list", lambda: _of_bundles(conf))
    yield from _guarded("[core] execution_api_server_url", lambda: _of_api(conf))
    try:
        app = import_module("airflow.providers.celery.executors.celery_executor_utils").app
    except ModuleNotFoundError as error:
        yield Fault(
            f"Airflow's provider for Celery is not installed: no module {error.name}",
            'Install apache-airflow-providers-celery and "celery<5.7", at best by requirements.lock.',
        )
        return
    yield from _of_celery()
    yield from _guarded("[celery] broker_url", lambda: _of_broker(app))
    yield from _guarded("[celery] result_backend", lambda: _of_results(app))


def _guarded(option: str, look: Callable[[], Iterator[Fault]]) -> Iterator[Fault]:
    """Yield what `look` finds; what cannot even be read is a fault, told by its class: a text may hold a secret."""
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001 - Airflow, its providers and drivers have no class in common
        yield Fault(
            f"{option} cannot be used: {type(error).__name__}", "`airflow config get-value` reads it as Airflow does."
        )


def _of_executor(conf: Any) -> Iterator[Fault]:  # noqa: ANN401 - Airflow's configuration
    executor = conf.get("core", "executor")
    if not any(_CELERY.search(name.strip()) for name in executor.replace(";", ",").split(",")):
        yield Fault(
            f"[core] executor is {executor}, whose tasks no Celery worker gets",
            "Set AIRFLOW__CORE__EXECUTOR to what the scheduler has, such as CeleryExecutor.",
        )


def _of_bundles(conf: Any) -> Iterator[Fault]:  # noqa: ANN401 - as above
    names = [bundle["name"] for bundle in conf.getjson("dag_processor", "dag_bundle_config_list")]
    if not set(names) - {_OWN_BUNDLE}:
        yield Fault(
            "[dag_processor] dag_bundle_config_list names no bundle: this machine would look for workflows in a folder",
            "Set AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST to what the scheduler has.",
        )
        return
    manager = import_module("airflow.dag_processing.bundles.manager").DagBundlesManager()
    for name in names:
        try:
            manager.get_bundle(name)
        except Exception as error:  # noqa: BLE001 - whatever a bundle of somebody else raises
            yield Fault(f"The bundle {name} cannot be made: {error}", "Correct its kwargs, or install its package.")


def _of_api(conf: Any) -> Iterator[Fault]:  # noqa: ANN401 - as above
    httpx: Any = import_module("httpx")
    url: str = import_module("airflow.executors.base_executor").get_execution_api_server_url(conf)
    hint = "AIRFLOW__CORE__EXECUTION_API_SERVER_URL is the API server's address with /execution/ at its end."
    try:
        answer = httpx.get(f"{url.rstrip('/')}/health/ping", verify=_trusted(conf), timeout=SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        yield Fault(f"The API server at {url} does not answer: {_line(error)}", hint, away=True)
        return
    if answer.status_code != httpx.codes.OK:
        yield Fault(f"What answers at {url} is no API server for tasks: HTTP {answer.status_code}", hint, away=True)


def _trusted(conf: Any) -> ssl.SSLContext:  # noqa: ANN401 - as above
    """Return whom tasks trust to be the API server, as airflow/sdk/api/client.py 3.3.2 does."""
    authorities = conf.get("api", "ssl_ca_file", fallback=None) or None
    context = ssl.create_default_context(cafile=authorities)
    if authorities is None:
        context.load_verify_locations(import_module("certifi").where())
    if certificate := conf.get("api", "ssl_cert", fallback=None):
        context.load_verify_locations(certificate)
    return context


def _of_celery() -> Iterator[Fault]:
    version = metadata.version("celery")
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    provider = metadata.version("apache-airflow-providers-celery")
    if numbers >= _BROKEN_CELERY and tuple(int(part) for part in re.findall(r"\d+", provider)[:2]) <= (3, 26):
        yield Fault(
            f"Celery {version} is installed, with which a worker of Airflow's provider {provider} dies at its start",
            'Install "celery<5.7"; `airside up` writes that to requirements.lock.',
        )


def _of_broker(app: Any) -> Iterator[Fault]:  # noqa: ANN401 - Celery has no types
    url = str(app.conf.broker_url)
    said = (
        f"[celery] broker_url is not set; its default {url}" if url == _DEFAULT_BROKER else f"The broker {_safe(url)}"
    )
    # Of the connection that is tried here alone: a Redis behind a wall would be waited for without end.
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "socket_connect_timeout": SECONDS}
    try:
        with app.connection_for_write(connect_timeout=SECONDS) as link:
            link.ensure_connection(max_retries=1, interval_start=0.5, timeout=SECONDS)
    except Exception as error:  # noqa: BLE001 - each broker has classes of its own
        hint = "Set AIRFLOW__CELERY__BROKER_URL to what the scheduler has, and let this machine reach it."
        yield Fault(f"{said} does not answer: {_line(error)}", hint, away=url != _DEFAULT_BROKER)


def _of_results(app: Any) -> Iterator[Fault]:  # noqa: ANN401 - as above
    url = str(app.conf.result_backend)
    hint = "Set AIRFLOW__CELERY__RESULT_BACKEND to what the scheduler has, such as db+postgresql+psycopg2://…"
    if url.startswith("db+sqlite"):
        yield Fault("[celery] result_backend is not set, and the database is an SQLite file of this machine", hint)
        return
    try:
        _ask_results(app, url)
    except Exception as error:  # noqa: BLE001 - as above
        yield Fault(f"The database of results {_safe(url)} does not answer: {_line(error)}", hint, away=True)


def _ask_results(app: Any, url: str) -> None:  # noqa: ANN401 - as above
    if not url.startswith("db+"):
        with suppress(AttributeError):  # of Redis there is one; others are reached with the first result
            app.backend.client.ping()
        return
    sqlalchemy: Any = import_module("sqlalchemy")
    address = url.removeprefix("db+")
    waiting = {"connect_timeout": SECONDS} if address.startswith(("postgresql", "mysql")) else {}
    engine = sqlalchemy.create_engine(address, connect_args=waiting, poolclass=sqlalchemy.pool.NullPool)
    with engine.connect():
        pass


def _safe(url: str) -> str:
    """Return an address without what stands before the host, and after the path."""
    return re.sub(r"//[^/]*@", "//***@", url).partition("?")[0]


def _line(error: Exception) -> str:
    """Return the first line of an error, without addresses that hold a password."""
    text = str(error.__cause__ or error).strip().splitlines() or [""]
    return _safe(text[0]) or type(error).__name__


def main() -> None:
    """Print the faults. What Airflow prints meanwhile goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with answers:
        json.dump([asdict(fault) for fault in faults()], answers)


if __name__ == "__main__":
    main()
