"""Who tells of alerts."""

from airside.render.celery.layout import ALERTS, PLACES, SECRETS, STATE, USER_FILE
from airside.render.subject import Subject
from airside.render.watching import USER, Watcher, WatcherPlaces, watcher
from airside.workspace.targets.celery import CelerySettings

_EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to


def alerts_watcher(subject: Subject) -> Watcher | None:
    """Return the watcher of alerts of the control host; None where nobody is told."""
    places = WatcherPlaces(
        airflow=_own_address(subject.settings.celery),
        settings=ALERTS,
        state=f"{STATE}/alerts",
        password_file=f"{SECRETS}/{USER_FILE}{USER}",
        key_file=PLACES.key_file,
        trust=PLACES.trust,
    )
    return watcher(subject, places)


def _own_address(settings: CelerySettings) -> str:
    host = "localhost" if settings.host in _EVERY_ADDRESS else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
