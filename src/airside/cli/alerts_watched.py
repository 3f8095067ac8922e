"""The process of a watcher: the local Airflow, or one elsewhere, until it is stopped."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from airside.alerts.configured import routes_of
from airside.alerts.connections import Connections
from airside.alerts.engine import Engine
from airside.alerts.silences import held_silences
from airside.alerts.sources.links import Links
from airside.alerts.state import StateFile
from airside.alerts.telling import Line, Tell
from airside.alerts.watcher import Inputs, Watcher
from airside.base.errors import PlatformError, UsageError
from airside.cli.agent_process import Lines
from airside.cli.airflows import airflow_elsewhere
from airside.cli.alerting import applied_secrets, secrets_here, state_file
from airside.cli.context import Context
from airside.cli.ending import ended_cleanly
from airside.cli.store_options import store_opener
from airside.platform.agent.events import Event
from airside.platform.alerts import Watched, sources, watched_elsewhere, watched_here
from airside.platform.local import find
from airside.workspace.alert_settings import WEB_ADDRESS
from airside.workspace.layout import trust_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from airside.cli.alerting import ReadSecrets
    from airside.platform.api import AirflowClient
    from airside.store.port import Store


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What is said of an Airflow elsewhere.

    Attributes:
        environments: Those that are watched.
        airflow: Its address.
        state: The watcher's folder.
        url: Of the store.
        options: Of the store, each KEY=VALUE.
        trust: The file that says whose signatures the secrets need.
    """

    environments: Sequence[str]
    airflow: str | None = None
    state: Path | None = None
    url: str | None = None
    options: Sequence[str] = ()
    trust: Path | None = None


def watch_here(context: Context) -> None:
    """Watch the local Airflow until this process is ended.

    Raises:
        AirsideError: It cannot begin, or the state is damaged.
    """
    if (platform := find(context.workspace)) is None:
        raise PlatformError("The local Airflow does not run, so there is nothing to watch", hint="`airside up`")
    file = state_file(context)
    with ended_cleanly(), file.alone():
        read = secrets_here(context, platform)
        watched = watched_here(platform, context.store if platform.tracked else None, context.now)
        _watch(context, watched, _Means(file, read, lambda: context.store, platform.url))


def watch_elsewhere(context: Context, said: Elsewhere) -> None:
    """Watch an Airflow elsewhere until this process is ended; SIGTERM ends it well.

    Raises:
        AirsideError: It cannot begin, or the state is damaged.
    """
    context = replace(context, whole=False)
    address = _address(context, said)
    opener = store_opener(context, said.url, said.options)
    store = opener()  # makes no request
    trust = said.trust or trust_file(context.workspace)
    file = StateFile(said.state.absolute()) if said.state else state_file(context)

    def connect() -> "AirflowClient":
        return airflow_elsewhere(", ".join(map(repr, said.environments)), address)

    connect()  # makes no request either: a variable that is missing ends the command now
    with ended_cleanly(well=True), file.alone():
        read = applied_secrets(file.folder / "secrets", said.environments, opener, trust)
        _tell(context)(Line("watching", facts={"airflow": address, "environments": ", ".join(said.environments)}))
        watched = watched_elsewhere(connect, said.environments, store, time.monotonic)
        _watch(context, watched, _Means(file, read, opener, _public(context, said) or address))


@dataclass(frozen=True, slots=True)
class _Means:
    """What a watcher works with.

    Attributes:
        file: What it knows.
        read: Reads the secrets of an environment.
        store: Opens the store with the silences.
        address: Where links lead, where the settings do not say.
    """

    file: StateFile
    read: "ReadSecrets"
    store: "Callable[[], Store]"
    address: str


def _watch(context: Context, watched: Watched, means: _Means) -> None:
    settings, tell = context.workspace.settings, _tell(context)
    connections = Connections(means.read)
    engine = Engine(routes_of(settings.alerts), connections.send, lambda: context.now().timestamp(), means.file, tell)
    links = Links(settings.alerting.base_url or means.address, settings.alerting.runbook)
    asked = sources(watched, means.file.folder, links, context.now, tell)
    inputs = Inputs(asked, connections.redact, lambda: held_silences(means.store(), context.now()))
    Watcher(engine, inputs, settings.alerting.interval, tell).run()


def _address(context: Context, said: Elsewhere) -> str:
    """Return where the Airflow is that serves the environments.

    Raises:
        UsageError: It is not said, or one watcher is to watch two.
    """
    settings = context.workspace.settings
    declared = {name: settings.environment(name).airflow for name in said.environments}
    if said.airflow:
        if not re.match(WEB_ADDRESS, said.airflow):
            raise UsageError(
                f"{said.airflow!r} is no address of an Airflow", hint="It begins with http:// or https://."
            )
        return said.airflow.rstrip("/")
    if missing := [name for name, address in declared.items() if address is None]:
        raise UsageError(
            f"Which Airflow serves {missing[0]!r} is not said",
            hint="Name it with --airflow URL, or as `airflow` of the environment in airside.toml.",
        )
    found = {str(address).rstrip("/") for address in declared.values()}
    if len(found) > 1:
        raise UsageError(
            f"One watcher watches one Airflow, and these are {len(found)}: {', '.join(sorted(found))}",
            hint="Start one for each of them, each with a --state of its own.",
        )
    return found.pop()


def _public(context: Context, said: Elsewhere) -> str | None:
    """Return where people open that Airflow, as the settings of its environments say."""
    declared = (context.workspace.settings.environment(name).airflow for name in said.environments)
    return next(filter(None, declared), None)


def _tell(context: Context) -> Tell:
    lines = Lines(as_json=context.output.as_json, quiet=context.output.quiet)
    return lambda line: lines.tell(Event(line.name, line.level, line.facts))
