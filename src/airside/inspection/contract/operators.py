"""What operators say they need in their arguments."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from airside.inspection.contract.calls import CONNECTION_ARGUMENT
from airside.inspection.contract.ledger import Ledger, Place
from airside.inspection.contract.objects import Anything, Dag, Task
from airside.inspection.contract.sites import Site
from airside.inspection.contract.tasks import written_by_author
from airside.inspection.contract.templates import is_template
from airside.release.description import NeedKind

_WORKFLOWS: Final = ("external_dag_id", "trigger_dag_id")
_DEFAULT_POOL: Final = "default_pool"


def read_operator(task: Task, values: dict[str, Anything], site: Site, ledger: Ledger) -> None:
    """Note the connections, the pool and the workflows that the arguments of this task name."""
    for name, value in values.items():
        kind = _kind(name)
        if kind is not None and value:
            # An operator goes without some of its connections; the author who names one does not.
            sure = kind == "workflow" or written_by_author(task, name)
            for text in _texts(value):
                _name(kind, text, site.argument(name, text), ledger, sure=sure)
    if task.pool and task.pool != _DEFAULT_POOL:
        ledger.need("pool", task.pool, site.argument("pool", task.pool))


def read_holder(holder: Anything, site: Site, ledger: Ledger) -> None:
    """Note the connections of something that is not a task: a notifier."""
    for name, value in getattr(holder, "__dict__", {}).items():
        if _kind(name) == "connection":
            for text in _texts(value):
                _name("connection", text, site.argument(name, text), ledger)


def read_schedule(dag: Dag, site: Site, ledger: Ledger) -> None:
    """Note the assets that the workflow is scheduled on."""
    watched = _watched(dag)
    for name in scheduled_assets(dag):
        # What a watcher tells Airflow about is written by others.
        ledger.need("asset", name, site.argument("schedule", name), optional=name in watched)


def scheduled_assets(dag: Dag) -> list[str]:
    """Return the assets that the workflow is scheduled on: names, or URIs where only these are known."""
    return sorted({name for asset in _conditions(dag) if (name := asset_name(asset)) is not None})


def asset_name(asset: Anything) -> str | None:
    """Return the name of an asset or of a reference to one; None for an alias, which is no asset yet."""
    if type(asset).__name__ == "AssetAlias":
        return None
    for attribute in ("name", "uri"):
        value = getattr(asset, attribute, None)
        if isinstance(value, str) and value:
            return value
    return None


def _watched(dag: Dag) -> set[str | None]:
    return {asset_name(asset) for asset in _conditions(dag) if getattr(asset, "watchers", None)}


def _conditions(dag: Dag) -> Iterator[Anything]:
    """Yield the assets, references and aliases that the workflow is scheduled on."""
    stack = [getattr(dag.timetable, "asset_condition", None)]
    while stack:
        condition = stack.pop()
        inner = getattr(condition, "objects", None)
        if isinstance(inner, list | tuple):
            stack.extend(inner)
        elif condition is not None:
            yield condition


@cache
def _kind(argument: str) -> NeedKind | None:
    if argument in _WORKFLOWS:
        return "workflow"
    return "connection" if CONNECTION_ARGUMENT.search(argument) and not argument.startswith("_") else None


def _texts(value: Anything) -> list[str]:
    found = value if isinstance(value, list | tuple) else [value]
    return [text for text in found if isinstance(text, str) and text]


def _name(kind: NeedKind, text: str, place: Place, ledger: Ledger, *, sure: bool = True) -> None:
    if is_template(text):
        ledger.need(kind, text, place, certainty="dynamic")
    else:
        ledger.need(kind, text, place, certainty="exact" if sure else "likely")
