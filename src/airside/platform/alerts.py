"""What alerts watch on this machine: the local Airflow, and the environments that it serves."""

import time
from collections.abc import Callable, Mapping
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
from airside.base.clock import to_text
from airside.base.errors import PlatformError, StoreError
from airside.base.names import bundle_name
from airside.delivery.environments import read_current, read_record
from airside.delivery.serving import shortfall
from airside.platform.airflow_config import DEV
from airside.platform.confirmation import STALE_AFTER, confirmed_at
from airside.platform.local import RunningPlatform
from airside.store.port import Store
from airside.workspace.workspace import Workspace

Now = Callable[[], datetime]


def local_sources(
    platform: RunningPlatform, store: Store | None, folder: Path, links: Links, now: Now
) -> dict[str, Source]:
    """Return what is to be asked, by name.

    An Airflow that serves the working tree is asked for its runs alone: who follows an environment is the Airflow that
    serves it, or each laptop would tell of each deploy.

    Args:
        platform: The local Airflow.
        store: Of the environments that it serves; not needed for the working tree.
        folder: Where it is written how far each source was read.
        links: Where links lead.
        now: Returns the time.
    """
    tracked = platform.tracked if store is not None else ()
    stores = {environment: store for environment in tracked if store is not None}
    environments = {bundle_name(environment): environment for environment in tracked} or {DEV: DEV}
    airflow, notes = platform.client().session, platform.client().session
    describers = [
        Describer(environments, Workflows(session, time.monotonic), Releases(stores), links)
        for session in (airflow, notes)
    ]
    sources: dict[str, Source] = {
        "airflow": AirflowSource(
            airflow, describers[0], CursorFile(folder / "airflow.json", AirflowState), time.monotonic
        ),
        "summaries": SummarySource(
            notes, describers[1], CursorFile(folder / "summaries.json", NotesState), time.monotonic
        ),
    }
    if stores:
        cursor = CursorFile(folder / "served.json", ServedState)
        fault = _fault(platform, stores, now)
        sources["store"] = StoreSource(stores, CursorFile(folder / "store.json", StoreState), time.monotonic)
        sources["served"] = ServedSource(tuple(stores), fault, cursor, lambda: now().timestamp())
    return sources


def _fault(platform: RunningPlatform, stores: Mapping[str, Store], now: Now) -> Fault:
    """Return what tells why an environment is not served, as `airside status` does."""

    def fault(environment: str) -> str | None:
        if said := _unheard(platform.workspace, environment, now()):
            return said
        try:
            return _shortfall(platform, stores[environment], environment)
        except StoreError:  # Airflow serves what it did; if that lasts, it has heard nothing for too long
            return None
        except PlatformError as error:
            return error.message

    return fault


def _shortfall(platform: RunningPlatform, store: Store, environment: str) -> str | None:
    if (current := read_current(store, environment)) is None:
        return None
    missing = shortfall(platform.client(), bundle_name(environment), read_record(store, current.pointer.release))
    return missing.describe() if missing else None


def _unheard(workspace: Workspace, environment: str, now: datetime) -> str | None:
    confirmed = confirmed_at(workspace, environment)
    if confirmed is None or now - confirmed <= STALE_AFTER:
        return None
    return f"Airflow has heard nothing from the store since {to_text(confirmed)}"
