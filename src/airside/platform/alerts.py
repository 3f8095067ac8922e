"""What alerts watch: an Airflow, on this machine or elsewhere, and the environments that it serves."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from airside.alerts.notes import NotesState, SummarySource
from airside.alerts.ports import Source
from airside.alerts.sources.airflow import AirflowSource
from airside.alerts.sources.cursor import CursorFile
from airside.alerts.sources.describing import Describer
from airside.alerts.sources.links import Links
from airside.alerts.sources.releases import Releases
from airside.alerts.sources.served import Fault, ServedSource, ServedState
from airside.alerts.sources.state import AirflowState
from airside.alerts.sources.store import StoreSource, StoreState
from airside.alerts.sources.workflows import Workflows
from airside.alerts.telling import Line, Tell
from airside.base.clock import to_text
from airside.base.errors import PlatformError, StoreError
from airside.base.names import bundle_name
from airside.delivery.environments import read_current, read_record
from airside.delivery.serving import shortfall
from airside.platform.airflow_config import DEV
from airside.platform.api import AirflowClient
from airside.platform.confirmation import STALE_AFTER, confirmed_at
from airside.platform.local import RunningPlatform
from airside.store.port import Store
from airside.workspace.workspace import Workspace

Now = Callable[[], datetime]

START_SECONDS = 600.0
"""What an Airflow elsewhere has to answer for the first time: it may come up beside its watcher, and migrate first."""


@dataclass(frozen=True, slots=True)
class Watched:
    """An Airflow that is watched.

    Attributes:
        connect: Returns a client of its API, each time another one.
        environments: For each bundle that is told of, its environment.
        stores: For each environment that it serves, its store; the working tree has none.
        fault: Says why an environment is not served.
    """

    connect: Callable[[], AirflowClient]
    environments: Mapping[str, str]
    stores: Mapping[str, Store] = field(default_factory=dict)
    fault: Fault = lambda _: None


def watched_here(platform: RunningPlatform, store: Store | None, now: Now) -> Watched:
    """Return the local Airflow as it is watched.

    One that serves the working tree is asked for its runs alone: who follows an environment is the Airflow that
    serves it, or each laptop would tell of each deploy.

    Args:
        platform: The local Airflow.
        store: Of the environments that it serves; not needed for the working tree.
        now: Returns the time.
    """
    stores = {environment: store for environment in platform.tracked if store is not None}

    def fault(environment: str) -> str | None:
        if said := _unheard(platform.workspace, environment, now()):
            return said
        try:
            return _unserved(platform.client(), stores[environment], environment)
        except PlatformError as error:
            return error.message

    return Watched(platform.client, _bundles(stores) or {DEV: DEV}, stores, fault)


def watched_elsewhere(
    connect: Callable[[], AirflowClient], environments: Sequence[str], store: Store, clock: Callable[[], float]
) -> Watched:
    """Return an Airflow elsewhere as it is watched.

    Args:
        connect: Returns a client of its API.
        environments: Those that it serves and that are watched.
        store: Theirs.
        clock: Returns seconds that never go back.
    """
    client, began, answered = connect(), clock(), list[bool]()

    def fault(environment: str) -> str | None:
        try:
            said = _unserved(client, store, environment)
        except PlatformError as error:
            return error.message if answered or clock() - began > START_SECONDS else None
        answered.append(True)
        return said

    return Watched(connect, _bundles(environments), dict.fromkeys(environments, store), fault)


def sources(watched: Watched, folder: Path, links: Links, now: Now, tell: Tell) -> dict[str, Source]:
    """Return what is to be asked, by name.

    Args:
        watched: The Airflow.
        folder: Where it is written how far each source was read.
        links: Where links lead.
        now: Returns the time.
        tell: Is told what a source cannot do.
    """
    airflow, notes = watched.connect().session, watched.connect().session
    describers = [
        Describer(watched.environments, Workflows(session, time.monotonic), Releases(watched.stores), links)
        for session in (airflow, notes)
    ]
    found: dict[str, Source] = {
        "airflow": AirflowSource(
            airflow, describers[0], CursorFile(folder / "airflow.json", AirflowState), time.monotonic
        ),
        "summaries": SummarySource(
            notes,
            describers[1],
            CursorFile(folder / "summaries.json", NotesState),
            time.monotonic,
            lambda reason: tell(Line("notes-refused", "warning", {"reason": reason})),
        ),
    }
    if stores := watched.stores:
        cursor = CursorFile(folder / "served.json", ServedState)
        found["store"] = StoreSource(stores, CursorFile(folder / "store.json", StoreState), time.monotonic)
        found["served"] = ServedSource(tuple(stores), watched.fault, cursor, lambda: now().timestamp())
    return found


def _bundles(environments: Iterable[str]) -> dict[str, str]:
    return {bundle_name(environment): environment for environment in environments}


def _unserved(airflow: AirflowClient, store: Store, environment: str) -> str | None:
    """Return what is missing, as `airside status` does."""
    try:
        if (current := read_current(store, environment)) is None:
            return None
        missing = shortfall(airflow, bundle_name(environment), read_record(store, current.pointer.release))
    except StoreError:  # Airflow serves what it did; if that lasts, it has heard nothing for too long
        return None
    return missing.describe() if missing else None


def _unheard(workspace: Workspace, environment: str, now: datetime) -> str | None:
    confirmed = confirmed_at(workspace, environment)
    if confirmed is None or now - confirmed <= STALE_AFTER:
        return None
    return f"Airflow has heard nothing from the store since {to_text(confirmed)}"
