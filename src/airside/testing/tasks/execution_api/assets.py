"""Assets: those of the workflow, and the events of this run."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from airflow.sdk import Asset
from airflow.sdk.execution_time.comms import (
    AssetEventsResult,
    AssetResult,
    AssetsByAliasResult,
    GetAssetByName,
    GetAssetByUri,
    GetAssetEventByAsset,
    GetAssetEventByAssetAlias,
    GetAssetsByAlias,
    InactiveAssetsResult,
    ValidateInletsAndOutlets,
)
from airflow.sdk.timezone import utcnow

from airside.testing.engine.facts import RunFacts
from airside.testing.given import Given
from airside.testing.outcome import AssetEvent, TaskKey
from airside.testing.tasks.execution_api.comms import Answer


@dataclass(frozen=True, slots=True)
class Known:
    """An asset, as the API shows it."""

    name: str
    uri: str
    group: str = "asset"
    extra: Mapping[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """Return its fields."""
        return {"name": self.name, "uri": self.uri, "group": self.group, "extra": dict(self.extra)}


@dataclass(frozen=True, slots=True)
class _Event:
    asset: Known
    extra: Mapping[str, Any]
    at: datetime
    task: TaskKey | None = None
    aliases: frozenset[str] = frozenset()


class Assets:
    """What the API knows of assets."""

    def __init__(self, dag: Any, given: Given, run: RunFacts) -> None:
        self._run = run
        self._known = {asset.name: asset for asset in _assets_of(dag)}
        self.changes: list[AssetEvent] = []
        self._events = [
            _Event(self.named(name), extra, run.started)
            for name, extras in given.asset_events.items()
            for extra in (extras or ({},))
        ]
        self.consumed = tuple(self._events)

    def answers(self) -> Mapping[type, Answer]:
        """Return what is answered, by message."""
        return {
            # One of another workflow is not known here; Airflow's database has it.
            GetAssetByName: lambda msg: AssetResult(**self.named(msg.name).shown()),
            GetAssetByUri: lambda msg: AssetResult(**self.named(msg.uri).shown()),
            GetAssetsByAlias: self._of_alias,
            GetAssetEventByAsset: self._of_asset,
            GetAssetEventByAssetAlias: self._of_alias_events,
            ValidateInletsAndOutlets: lambda _: InactiveAssetsResult(inactive_assets=[]),
        }

    def named(self, name_or_uri: str) -> Known:
        """Return the asset with this name or URI; one that the workflow does not have is made of it."""
        if (known := self._known.get(name_or_uri)) is not None:
            return known
        uri = str(Asset(name_or_uri).uri)  # as Airflow writes it: s3://raw/ for s3://raw
        return self._with_uri(uri) or Known(name_or_uri, uri)

    def consumed_references(self) -> list[dict[str, Any]]:
        """Return the events that started the run, as the run has them."""
        keys = ("name", "uri", "extra")
        return [
            {
                "asset": {key: event.asset.shown()[key] for key in keys},
                "extra": dict(event.extra),
                **_source(None, self._run),
                "source_aliases": [],
                "timestamp": event.at,
            }
            for event in self.consumed
        ]

    def register(self, key: TaskKey, success: Any) -> None:
        """Note the events of a task that succeeded (airflow/models/taskinstance.py 3.3.2, `register_asset_changes`)."""
        outlets, events = success.task_outlets or [], success.outlet_events or []
        told: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for event in events:
            if "source_alias_name" not in event:
                destination = event["dest_asset_key"]
                told.setdefault((destination["name"], destination["uri"]), []).append(event["extra"])
        for asset in filter(None, map(self._outlet, outlets)):
            for extra in told.get((asset.name, asset.uri), [{}]):
                self._change(key, asset, extra or {}, frozenset())
        self._register_aliases(key, {outlet.name for outlet in outlets if outlet.type == "AssetAlias"}, events)

    def _register_aliases(self, key: TaskKey, aliases: set[str], events: Iterable[Mapping[str, Any]]) -> None:
        found: dict[tuple[str, str, str], tuple[Mapping[str, Any], set[str]]] = {}
        for event in events:
            if (alias := event.get("source_alias_name")) in aliases:
                destination, extra = event["dest_asset_key"], event["extra"] or {}
                at = (destination["name"], destination["uri"], repr(sorted(extra.items())))
                found.setdefault(at, (extra, set()))[1].add(str(alias))
        for (name, uri, _), (extra, names) in found.items():
            asset = self._known.setdefault(name, Known(name, uri))
            self._change(key, asset, extra, frozenset(names))

    def _change(self, key: TaskKey, asset: Known, extra: Mapping[str, Any], aliases: frozenset[str]) -> None:
        self.changes.append(AssetEvent(asset.name, asset.uri, key, dict(extra)))
        self._events.append(_Event(asset, dict(extra), utcnow(), key, aliases))

    def _outlet(self, profile: Any) -> Known | None:
        if profile.type == "AssetAlias":
            return None
        if profile.name is not None:
            return self._known.get(profile.name) or (Known(profile.name, profile.uri) if profile.uri else None)
        return self._with_uri(profile.uri)

    def _with_uri(self, uri: str) -> Known | None:
        return next((asset for asset in self._known.values() if asset.uri == uri), None)

    def _of_alias(self, msg: Any) -> Any:
        names = dict.fromkeys(event.asset.name for event in self._events if msg.alias_name in event.aliases)
        return AssetsByAliasResult(assets=[AssetResult(**self._known[name].shown()) for name in names])

    def _of_asset(self, msg: Any) -> Any:
        def is_it(event: _Event) -> bool:
            return msg.name in {None, event.asset.name} and msg.uri in {None, event.asset.uri}

        return self._found(msg, filter(is_it, self._events))

    def _of_alias_events(self, msg: Any) -> Any:
        return self._found(msg, (event for event in self._events if msg.alias_name in event.aliases))

    def _found(self, msg: Any, events: Iterable[_Event]) -> Any:
        found = [
            event
            for event in events
            if (msg.after is None or event.at >= msg.after) and (msg.before is None or event.at <= msg.before)
        ]
        found.sort(key=lambda event: event.at, reverse=not msg.ascending)
        shown = [self._shown(number, event) for number, event in enumerate(found[: msg.limit], start=1)]
        return AssetEventsResult(asset_events=shown)

    def _shown(self, number: int, event: _Event) -> dict[str, Any]:
        return {
            "id": number,
            "timestamp": event.at,
            "extra": dict(event.extra),
            "asset": event.asset.shown(),
            "created_dagruns": [],
            **_source(event.task, self._run),
        }


def _source(task: TaskKey | None, run: RunFacts) -> dict[str, Any]:
    if task is None:
        names = ("source_task_id", "source_dag_id", "source_run_id", "source_map_index")
        return dict.fromkeys(names)
    return {
        "source_task_id": task.task_id,
        "source_dag_id": run.dag_id,
        "source_run_id": run.run_id,
        "source_map_index": task.map_index,
    }


def _assets_of(dag: Any) -> Iterator[Known]:
    """Yield the assets that the tasks of a workflow read and write, and those that start it."""
    for task in dag.tasks:
        for asset in (*task.inlets, *task.outlets):
            if isinstance(asset, Asset):
                yield _known(asset)
    yield from _assets_in(getattr(dag.timetable, "asset_condition", None))


def _assets_in(condition: Any) -> Iterator[Known]:
    if isinstance(condition, Asset):
        yield _known(condition)
    for inner in getattr(condition, "objects", ()):
        yield from _assets_in(inner)


def _known(asset: Any) -> Known:
    return Known(asset.name, asset.uri, asset.group, dict(asset.extra or {}))
