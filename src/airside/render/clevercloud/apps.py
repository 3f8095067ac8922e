"""The apps on Clever Cloud."""

from collections.abc import Mapping
from typing import Final

from airside.render.clevercloud.provider import Names
from airside.render.paas.apps import App, Process
from airside.render.paas.options import APP, SCHEDULER_HEALTH
from airside.render.secret_names import API, CELERY, FERNET, JWT
from airside.render.subject import Subject
from airside.render.watching import Watcher, WatcherPlaces, watcher

PASSWORDS: Final = "AIRSIDE_PASSWORDS"
ALERTS_PASSWORD: Final = "AIRSIDE_ALERTS_PASSWORD"  # noqa: S105 - likewise

_SECRETS: Final = (FERNET.variable, API.variable, JWT.variable)
_PASSWORDS_FILE: Final = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"
_WATCHER_FILE: Final = "AIRSIDE_AIRFLOW_PASSWORD_FILE"
_HEALTH: Final = "CC_HEALTH_CHECK_PATH"


def apps(subject: Subject, names: Names, base_url: str, variables: Mapping[str, str]) -> tuple[App, ...]:
    """Return the apps, in the order in which they are deployed.

    Args:
        subject: What is rendered.
        names: Of apps and add-ons.
        base_url: Where Airflow is.
        variables: What all of them have.
    """
    found = [_api(subject, names, variables), _scheduler(subject, names, base_url, variables)]
    if subject.settings.clevercloud.executor == CELERY:
        found.append(_worker(names, variables))
    return tuple(found)


def _hints(names: Names, part: str) -> dict[str, str]:
    linked = {
        section: f"link the add-on: clever service link-addon {addon} --alias {names.app(part)}"
        for section, addon in names.addons.items()
    }
    return {**linked, "secrets": "./secrets.sh makes it"}


def _api(subject: Subject, names: Names, variables: Mapping[str, str]) -> App:
    # Another auth manager has its own users.
    simple = "AIRFLOW__CORE__AUTH_MANAGER" not in variables
    watched = (ALERTS_PASSWORD,) if _watcher(subject, "") else ()
    return App(
        name="api",
        variables={**variables, _HEALTH: "/api/v2/monitor/health"},
        secrets=(*_SECRETS, *((PASSWORDS, *watched) if simple else ())),
        kept={PASSWORDS: _PASSWORDS_FILE} if simple else {},
        hints=_hints(names, "api"),
    )


def _scheduler(subject: Subject, names: Names, base_url: str, variables: Mapping[str, str]) -> App:
    processes = [
        Process("scheduler", "airflow scheduler --skip-serve-logs", SCHEDULER_HEALTH),
        Process("dag-processor", "airflow dag-processor"),
        Process("triggerer", "airflow triggerer --skip-serve-logs"),
    ]
    watching = _watcher(subject, base_url)
    if watching is not None:
        processes.append(Process("alerts", " ".join(watching.command)))
    return App(
        name="scheduler",
        variables={**variables, **_own(watching), _HEALTH: "/health"},
        secrets=(*_SECRETS, *((ALERTS_PASSWORD,) if watching else ())),
        kept={ALERTS_PASSWORD: _WATCHER_FILE} if watching else {},
        processes=tuple(processes),
        hints=_hints(names, "scheduler"),
        files=(watching.file,) if watching else (),
    )


def _worker(names: Names, variables: Mapping[str, str]) -> App:
    return App(
        name="worker",
        variables={**variables, _HEALTH: "/health"},
        secrets=(API.variable,),  # it decrypts nothing, and signs no token
        kept={},
        processes=(Process("worker", "airflow celery worker --skip-serve-logs"),),
        hints=_hints(names, "worker"),
    )


def _watcher(subject: Subject, base_url: str) -> Watcher | None:
    places = WatcherPlaces(
        airflow=base_url,
        settings=f"{APP}/alerts",
        state="/opt/airflow/alerts",
        password_file="",
        trust=f"{APP}/trust.toml",
    )
    return watcher(subject, places)


def _own(watching: Watcher | None) -> dict[str, str]:
    # The file is made, and named, when the app starts.
    found = watching.variables if watching else {}
    return {name: value for name, value in found.items() if name != _WATCHER_FILE}
