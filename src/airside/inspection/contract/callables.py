"""The functions of a workflow: those that its tasks run, and those that are called back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import FunctionType
from typing import Final

from airside.inspection.contract.arguments import check_arguments, check_callback
from airside.inspection.contract.asks import Reading
from airside.inspection.contract.binding import arguments_of_callback, arguments_of_task
from airside.inspection.contract.branches import read_choices
from airside.inspection.contract.code import read_function
from airside.inspection.contract.ledger import Ledger
from airside.inspection.contract.objects import Anything, Dag, Task
from airside.inspection.contract.operators import read_holder
from airside.inspection.contract.results import check_result
from airside.inspection.contract.sites import Site
from airside.inspection.contract.sources import Sources, plain
from airside.inspection.contract.tasks import runs_elsewhere, runs_nothing
from airside.inspection.contract.templates import Templates
from airside.inspection.contract.values import Live, Value
from airside.inspection.contract.xcoms import check_pull

_TASK_CALLBACKS: Final = (
    "on_execute_callback",
    "on_failure_callback",
    "on_retry_callback",
    "on_skipped_callback",
    "on_success_callback",
)
_DAG_CALLBACKS: Final = ("on_failure_callback", "on_success_callback")
_METHODS: Final = ("execute", "poke", "choose_branch")


class Callables:
    """Reads the functions of one workflow into a ledger."""

    def __init__(self, dag: Dag, ledger: Ledger, sources: Sources, templates: Templates) -> None:
        self._dag = dag
        self._ledger = ledger
        self._sources = sources
        self._templates = templates
        self._readings: dict[object, Reading] = {}

    def read(self, task: Task, values: dict[str, Anything], site: Site) -> list[Reading]:
        """Read what `task` runs and calls back; return what was found."""
        readings = []
        called = values.get("python_callable")
        function = plain(called) if called is not None and not runs_nothing(task) else None
        if called is not None and function is not None:
            reading = self._read(function, arguments_of_task(function, task, values))
            self._note(reading, task, packages=not runs_elsewhere(task))
            read_choices(self._dag, task, reading, self._ledger)
            check_arguments(task, called, values, site, self._ledger)
            check_result(task, function, reading, values, self._ledger)
            readings.append(reading)
        readings.extend(self._methods(task))
        readings.extend(self._callbacks(values, _TASK_CALLBACKS, task, site))
        return readings

    def read_workflow(self, site: Site) -> None:
        """Read what the workflow calls back."""
        self._callbacks(vars(self._dag), _DAG_CALLBACKS, None, site)

    def _methods(self, task: Task) -> Iterator[Reading]:
        """Read the methods of an operator of the workspace's own."""
        cls = task.operator_class if task.is_mapped else type(task)
        for name in _METHODS:
            # Airflow wraps `execute` in a guard.
            method = plain(getattr(cls, name, None))
            if method is not None and self._sources.tree.path(method.__code__.co_filename) is not None:
                owner = {} if task.is_mapped else {"self": Live(task)}
                reading = self._read(method, owner)
                self._note(reading, task)
                yield reading

    def _callbacks(
        self, values: Mapping[str, Anything], names: tuple[str, ...], task: Task | None, site: Site
    ) -> list[Reading]:
        given = [(name, values.get(name) or ()) for name in names]
        return [
            self._callback(callback, name, task, site)
            for name, found in given
            for callback in (found if isinstance(found, list | tuple) else [found])
        ]

    def _callback(self, callback: Callable[..., object], name: str, task: Task | None, site: Site) -> Reading:
        function = plain(callback)
        if function is None:
            read_holder(callback, site, self._ledger)
            self._templates.read_object(callback, task, site)
            return Reading()
        if self._sources.tree.path(function.__code__.co_filename) is not None:
            check_callback(callback, name, site.argument(name), self._ledger)
        reading = self._read(function, arguments_of_callback(callback, function))
        # A callback runs beside the tasks: the order of the tasks says nothing about it.
        self._note(reading, task, ordered=False)
        return reading

    def _read(self, function: FunctionType, arguments: Mapping[str, Value]) -> Reading:
        key = (function, tuple((name, repr(value)) for name, value in sorted(arguments.items())))
        if key not in self._readings:
            self._readings[key] = read_function(function, arguments, self._sources)
        return self._readings[key]

    def _note(self, reading: Reading, task: Task | None, *, packages: bool = True, ordered: bool = True) -> None:
        # Through an alias a task writes the assets that its code names.
        left_out = {"package": not packages, "asset": task is None or not _writes_alias(task)}
        for ask in reading.asks:
            if not left_out.get(ask.kind):
                self._ledger.need(ask.kind, ask.name, ask.place, certainty=ask.certainty, optional=ask.optional)
        for missing in reading.missing if packages else ():
            self._ledger.problem(
                "missing-package",
                f"The module '{missing.name}', which is imported when the task runs, cannot be imported",
                missing.place,
                certainty=missing.certainty,
                fix="Add its package to the dependencies of the workspace, or correct the name.",
            )
        for pull in reading.pulls:
            check_pull(self._dag, task, replace(pull, ordered=ordered and pull.ordered), self._ledger)


def _writes_alias(task: Task) -> bool:
    return any(type(outlet).__name__ == "AssetAlias" for outlet in task.outlets or ())
