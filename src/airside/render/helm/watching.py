"""The watcher of alerts in the cluster, beside the chart."""

from typing import Any, Final

from airside.render.helm.names import API_PORT, HOME, KEY_FILE, KEY_FOLDER, TRUST, TRUST_FOLDER, Names
from airside.render.helm.pods import variables_from
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill
from airside.render.watching import Watcher, WatcherPlaces, watcher

WATCHER: Final = "alerts-watcher.yaml"
_SETTINGS: Final = f"{HOME}/airside/alerts"
_STATE: Final = f"{HOME}/airside/state"
_PASSWORD: Final = f"{HOME}/airside/account/password"


def watcher_manifest(subject: Subject, image: str) -> RenderedFile | None:
    """Return the manifest of the watcher; None where nobody is told of alerts.

    Args:
        subject: What is rendered.
        image: Name and tag of the platform's.
    """
    helm = subject.settings.helm
    names = Names(helm.release, helm.namespace)
    places = WatcherPlaces(
        airflow=f"http://{names.api_server}:{API_PORT}",
        settings=_SETTINGS,
        state=_STATE,
        password_file=_PASSWORD,
        key_file=KEY_FILE if helm.secrets.age else None,
        trust=TRUST,
    )
    found = watcher(subject, places)
    return None if found is None else RenderedFile(WATCHER, _text(subject, found, names, image))


def _text(subject: Subject, found: Watcher, names: Names, image: str) -> str:
    return fill(
        "helm",
        f"{WATCHER}.j2",
        header=subject.header(WATCHER),
        helm=subject.settings.helm,
        names=names,
        account=subject.settings.helm.workers.service_account or names.worker,
        image=image,
        command=list(found.command),
        variables=found.variables,
        settings=found.file.text,
        state=_STATE,
        env_from=variables_from(subject.settings.helm),
        volumes=_volumes(subject, names),
    )


def _volumes(subject: Subject, names: Names) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the name of each volume that is read, where it is mounted, and what it is."""
    secrets = subject.settings.helm.secrets
    account = {"secret": {"secretName": secrets.alerts, "defaultMode": 0o440}}
    found: list[tuple[str, str, dict[str, Any]]] = [
        ("settings", _SETTINGS, {"configMap": {"name": names.watcher}}),
        ("account", _PASSWORD.rpartition("/")[0], account),
    ]
    if subject.trust is not None:
        found.append(("trust", TRUST_FOLDER, {"configMap": {"name": names.trust}}))
    if secrets.age:
        found.append(("age", KEY_FOLDER, {"secret": {"secretName": secrets.age, "defaultMode": 0o440}}))
    return [(name, path, {"name": name, **source}) for name, path, source in found]
