"""Running a workflow for a test."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

import pytest

from airside.base.errors import UsageError
from airside.testing.given import Given
from airside.testing.processes import Source, run, start
from airside.testing.pytest_plugin.giving import Giving, given_of, standins_of
from airside.testing.pytest_plugin.session import Session, session_of
from airside.testing.results.run import Run
from airside.testing.results.task import MappedResult, TaskResult
from airside.testing.standins.port import Running, StandIn, Surroundings


class DagRun:
    """What the fixture `dag_run` is: call it to run a workflow. Stand-ins live until the test ends."""

    def __init__(self, config: pytest.Config, nodeid: str, folder: Path, stack: ExitStack) -> None:
        self._nodeid = nodeid
        self._folder = folder
        self._stack = stack
        self._session: Session = session_of(config)
        self._scratch: list[Path] = []

    def __call__(self, workflow: Any, **giving: Unpack[Giving]) -> Run:
        """Run a workflow in a process of its own, and wait until it has ended.

        Args:
            workflow: Its id; or a DAG object that the test has made or imported.
            giving: What it finds; all else is denied.

        Returns:
            What came of it; a run that failed, or was ended because its time was over, raises nothing.

        Raises:
            UsageError: There is no such workflow, or an argument is not what it should be.
            PlatformError: A stand-in does not start.
        """
        source, dag_id = self._source(workflow)
        given = given_of(dag_id, giving, self._folder)
        # The stand-ins start while Airflow is imported. A DAG that the test has made runs in a fork of this process.
        home = start(source) if source.dag is None else None
        running = self._started(standins_of(giving.get("connections", {})), home)
        found = Run(run(source, self._reaching(given, running)), given, running)
        self._session.runs[self._nodeid].append(found)
        return found

    def _source(self, workflow: Any) -> tuple[Source, str]:
        source = self._session.source(self._folder)
        if isinstance(workflow, str):
            return source, workflow
        if not hasattr(workflow, "dag_id"):
            raise UsageError(
                f"A workflow is its id or a DAG, not a {type(workflow).__name__}",
                hint="Of a function that @dag or @workflow decorates, give what it returns.",
            )
        return replace(source, dag=workflow), workflow.dag_id

    def _started(self, standins: Mapping[str, StandIn], home: Path | None) -> dict[str, Running]:
        running: dict[str, Running] = {}
        for name, standin in standins.items():
            scratch = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="airside-test-", dir=home)))
            self._scratch.append(scratch)
            running[name] = _started(name, standin, Surroundings(self._folder, scratch, self._session.servers))
            self._stack.callback(running[name].close)
        return running

    def _reaching(self, given: Given, running: Mapping[str, Running]) -> Given:
        reached = {name: one.reached for name, one in running.items()}
        environment = {key: value for one in reached.values() for key, value in one.environment.items()}
        return replace(
            given,
            connections={**given.connections, **{name: one.connection for name, one in reached.items()}},
            environment={**environment, **given.environment},
            writable=(*given.writable, *self._scratch),
        )


class TaskRun:
    """What the fixture `task_run` is: call it to run one task of a workflow, without the others."""

    def __init__(self, dag_run: DagRun) -> None:
        self._dag_run = dag_run

    def __call__(self, task: str, *, workflow: Any = None, **giving: Unpack[Giving]) -> TaskResult | MappedResult:
        """Run one task.

        Args:
            task: `workflow.task`, with the groups of the task: `orders.load.insert`.
            workflow: Where `task` is the id of the task alone: the id of the workflow, which may have dots; or a DAG.
            giving: What it finds, as for `dag_run`; `xcoms` are what the tasks above have returned, by task id.

        Raises:
            UsageError: There is no such workflow or task, or an argument is not what it should be.
            PlatformError: A stand-in does not start.
        """
        owner, task_id = (workflow, task) if workflow is not None else _parted(task)
        found: TaskResult | MappedResult = self._dag_run(owner, only=task_id, **giving)[task_id]  # type: ignore[misc]
        return found


@contextmanager
def runner(config: pytest.Config, nodeid: str, folder: Path) -> Iterator[DagRun]:
    """Yield what runs workflows for one test; afterwards what it has started is gone.

    Args:
        config: Of pytest.
        nodeid: The id of the test, under which its verdicts are noted.
        folder: Of the test's file; paths in the test are relative to it.
    """
    with ExitStack() as stack:
        dag_run = DagRun(config, nodeid, folder, stack)
        stack.callback(session_of(config).runs.pop, nodeid, None)
        yield dag_run


def _started(name: str, standin: StandIn, surroundings: Surroundings) -> Running:
    try:
        return standin.start(name, surroundings)
    except UsageError as error:
        raise UsageError(f"connection {name!r}: {error.message}", hint=error.hint) from error


def _parted(task: str) -> tuple[str, str]:
    workflow, dot, task_id = task.partition(".")
    if not dot:
        raise UsageError(f"{task!r} names no workflow", hint=f'Write "workflow.{task}", or give `workflow`.')
    return workflow, task_id
