"""What runs the tasks of one run: the seam to the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from airside.testing.engine.attempt import Attempts, Outputs
from airside.testing.engine.facts import Board, RunFacts
from airside.testing.given import Given
from airside.testing.outcome import AssetEvent, Need, TaskKey, Trigger
from airside.testing.tasks.attempts import TaskAttempts
from airside.testing.tasks.dag_callbacks import dag_callbacks
from airside.testing.tasks.execution_api.supervisor import Supervisor
from airside.testing.tasks.outputs import StoredOutputs
from airside.testing.tasks.settling import settle


@dataclass(frozen=True, slots=True)
class Lane:
    """All that one run needs of Airflow's task runner.

    Attributes:
        attempts: Runs attempts.
        outputs: The XComs of the run.
        finish: Runs the callbacks of the DAG itself, given how the run ended, the task instance that they are told of
            (None: none) and why; returns the names of those that ran.
    """

    attempts: Attempts
    outputs: Outputs
    finish: Callable[[str, TaskKey | None, str], tuple[str, ...]]
    _supervisor: Supervisor

    def needs(self) -> tuple[Need, ...]:
        """Return what was asked for: each once for each task that did."""
        return self._supervisor.settled.needs.all(self._supervisor.dag)

    def asset_events(self) -> tuple[AssetEvent, ...]:
        """Return the assets that were said to have changed, in order."""
        return tuple(self._supervisor.assets.changes)

    def triggered(self) -> tuple[Trigger, ...]:
        """Return the runs of other workflows that were triggered, in order."""
        return tuple(self._supervisor.runs.triggered)


def lane_for(dag: Any, given: Given, run: RunFacts, board: Board) -> Lane:
    """Return what runs the tasks of `dag` (of the SDK) for one run.

    Raises:
        UsageError: What is given cannot be: a connection that is none, a clock without `time-machine`.
    """
    supervisor = Supervisor(settle(given), dag, run, board)
    attempts = TaskAttempts(supervisor)
    return Lane(
        attempts=attempts,
        outputs=StoredOutputs(supervisor.xcoms, run),
        finish=lambda state, last, reason: dag_callbacks(attempts, state, last, reason),
        _supervisor=supervisor,
    )
