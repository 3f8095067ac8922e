"""The watcher of alerts beside a rendered Airflow: its settings, its command line, its variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

import tomlkit

from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.workspace.settings import SETTINGS_FILE

USER: Final = "airside-alerts"
"""Who it is to Airflow. The role ``viewer`` is enough to watch; with ``user`` it writes summaries as notes of runs."""

FOLDER: Final = "alerts"
"""Where its settings are, below what is rendered."""


@dataclass(frozen=True, slots=True)
class WatcherPlaces:
    """Where on a target its watcher finds things.

    Attributes:
        airflow: The address of Airflow's API server, as the watcher reaches it: ``http://api-server:8080``.
        settings: The folder that has the rendered `alerts/airside.toml`.
        state: A folder of its own, for what is not delivered yet: kept when the watcher is replaced.
        password_file: The file that holds the password of `USER`, and nothing else. It is waited for.
        key_file: The file with the age key that decrypts the secrets; None where there is none.
        trust: The file that says whose signatures are demanded; None where there is none.
    """

    airflow: str
    settings: str
    state: str
    password_file: str
    key_file: str | None = None
    trust: str | None = None


@dataclass(frozen=True, slots=True)
class Watcher:
    """A process to run, once, for as long as Airflow runs. It waits for Airflow, and SIGTERM ends it with 0.

    Attributes:
        command: Its words. It needs the command line of Airside, and no Airflow.
        variables: What it needs beside the variables that let in to the store.
        file: Its settings, a part of what is rendered.
    """

    command: tuple[str, ...]
    variables: Mapping[str, str]
    file: RenderedFile


def is_watched(subject: Subject) -> bool:
    """Tell whether the settings name a channel for an environment that the platform tracks."""
    return any(
        not route.environments or any(fnmatchcase(name, pattern) for pattern in route.environments)
        for route in subject.settings.alerts
        for name in subject.environments
    )


def watcher(subject: Subject, places: WatcherPlaces) -> Watcher | None:
    """Return the watcher of a platform; None where nobody is told of its environments.

    Args:
        subject: What is rendered.
        places: Where things lie there.
    """
    if not is_watched(subject):
        return None
    words = ["airside", "-C", places.settings, "alerts", "watch"]
    words += [word for name in subject.environments for word in ("--env", name)]
    words += ["--airflow", places.airflow, "--state", places.state]
    if subject.trust is not None and places.trust is not None:
        words += ["--trust", places.trust]
    variables = {"AIRSIDE_AIRFLOW_USERNAME": USER, "AIRSIDE_AIRFLOW_PASSWORD_FILE": places.password_file}
    if places.key_file is not None:
        variables["SOPS_AGE_KEY_FILE"] = places.key_file
    return Watcher(tuple(words), variables, settings_file(subject))


def settings_file(subject: Subject) -> RenderedFile:
    """Return the part of `airside.toml` that a watcher needs, as a file of its own."""
    settings = subject.settings
    document: dict[str, Any] = {
        "workspace": {"name": settings.workspace.name},
        "store": settings.store.model_dump(mode="json", exclude_defaults=True),
        "alerting": settings.alerting.model_dump(mode="json", exclude_defaults=True),
        # All of them: a route may name one that another platform tracks.
        "environments": {
            name: {"airflow": each.airflow} if each.airflow and name in subject.environments else {}
            for name, each in settings.environments.items()
        },
        "alerts": [route.model_dump(mode="json", exclude_defaults=True) for route in settings.alerts],
    }
    path = f"{FOLDER}/{SETTINGS_FILE}"
    kept = {name: value for name, value in document.items() if value}
    return RenderedFile(path, f"{subject.header(path)}\n\n{tomlkit.dumps(kept)}")
