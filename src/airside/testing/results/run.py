"""What a test has in its hands after a run."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.testing.given import Given
from airside.testing.outcome import NOT_MAPPED, AssetEvent, RunOutcome, TaskKey, TaskOutcome, Trigger
from airside.testing.results.behind import Behind
from airside.testing.results.contract import Contract
from airside.testing.results.failure import failure_text
from airside.testing.results.looks import Looks
from airside.testing.results.tables import Table
from airside.testing.results.task import MappedResult, TaskResult
from airside.testing.results.timeline import timeline
from airside.testing.standins.port import Running
from airside.testing.standins.readings import (
    HasFiles,
    HasMails,
    HasMessages,
    HasObjects,
    HasRequests,
    HasTables,
    Mail,
    Message,
    Request,
)
from airside.testing.verdicts import Verdict


class Run:
    """One run of a workflow: what came of it, and what stands behind its connections.

    Attributes:
        outcome: All that is known, as plain values.
        given: What the run found.
        was_shown: A failure of this run was raised with its text.
    """

    def __init__(self, outcome: RunOutcome, given: Given, running: Mapping[str, Running]) -> None:
        self.outcome = outcome
        self.given = given
        self.was_shown = False
        self._looks = Looks()
        self._behind = Behind(running, self._looks)

    @property
    def state(self) -> str | None:
        """`success` or `failed`; None: it was ended from outside, or never began."""
        return self.outcome.state

    @property
    def states(self) -> dict[str, str | None]:
        """Where each task instance ended: `load`, of a mapped task `load[0]`."""
        return {str(task.key): task.state for task in self.outcome.tasks}

    @property
    def order(self) -> list[str]:
        """The task instances in the order in which they started."""
        started = [task for task in self.outcome.tasks if task.order is not None]
        return [str(task.key) for task in sorted(started, key=lambda task: task.order or 0)]

    @property
    def tries(self) -> dict[str, int]:
        """How often each task instance was started."""
        return {str(task.key): task.tries for task in self.outcome.tasks}

    @property
    def contract(self) -> Contract:
        """The connections, variables and configs that were asked for; `.missing` are those that were not given."""
        return Contract(self.outcome.needs)

    @property
    def asset_events(self) -> tuple[AssetEvent, ...]:
        """The assets that tasks said to have changed, in order."""
        return self.outcome.asset_events

    @property
    def triggered(self) -> tuple[Trigger, ...]:
        """The runs of other workflows that tasks triggered, in order."""
        return self.outcome.triggered

    @property
    def running(self) -> Mapping[str, Running]:
        """The stand-ins, by connection id."""
        return self._behind.running

    def __getitem__(self, task_id: str) -> Any:
        """Return a task's `TaskResult`, or the `MappedResult` of a mapped one.

        Raises:
            AssertionError: The run has no outcome; the text says why.
            UsageError: The workflow has no such task.
        """
        if self.outcome.error is not None:
            raise self._failed()
        if task_id not in self.outcome.task_ids:
            near = suggestion(task_id, self.outcome.task_ids)
            raise UsageError(f"The workflow {self.outcome.dag_id!r} has no task {task_id!r}{near}")
        outcomes = [task for task in self.outcome.tasks if task.key.task_id == task_id]
        if any(outcome.key.map_index != NOT_MAPPED for outcome in outcomes):
            return MappedResult(task_id, outcomes, self, self._looks)
        never = TaskOutcome(TaskKey(task_id), state=None, operator="")
        return TaskResult(outcomes[0] if outcomes else never, self, self._looks)

    def assert_success(self) -> None:
        """Fail the test unless the run succeeded.

        The failure shows of each task that failed its own traceback, what it lacked, its log and its rendered fields.
        """
        if self.outcome.state != "success":
            raise self._failed()

    def assert_failed(self, task_id: str | None = None, match: str | None = None) -> None:
        """Fail the test unless the run failed.

        Args:
            task_id: A task that has to have failed.
            match: A pattern that is found in the error of that task, or of any task that failed, or of the run.
        """
        if self.outcome.state == "success":
            raise AssertionError(f"The workflow {self.outcome.dag_id!r} succeeded; the test wants it to fail")
        if task_id is not None:
            self[task_id].assert_failed(match)
        elif match is not None:
            self._assert_some_error(match)

    def table(self, connection: str, name: str) -> Table:
        """Return a table behind a connection, as it is now."""
        return self._behind.table(connection, name)

    def query(self, connection: str, sql: str) -> list[dict[str, Any]]:
        """Return what a statement selects behind a connection: a mapping by column for each row."""
        found: HasTables = self._behind.that_has(HasTables, connection)
        return found.query(sql)

    def objects(self, connection: str | None = None, prefix: str = "") -> dict[str, bytes]:
        """Return contents by `bucket/key`, of the objects whose key starts so; None: of the only object store."""
        found: HasObjects = self._behind.that_has(HasObjects, connection)
        return found.objects(prefix)

    def files(self, connection: str | None = None, pattern: str = "**") -> dict[str, bytes]:
        """Return contents by path, of the files that match; None: of the only folder."""
        found: HasFiles = self._behind.that_has(HasFiles, connection)
        return found.files(pattern)

    def requests(self, connection: str | None = None, route: str = "") -> list[Request]:
        """Return the requests that came, in order, all or of one route; None: to the only HTTP server."""
        found: HasRequests = self._behind.that_has(HasRequests, connection)
        return found.requests(route)

    def mails(self, connection: str | None = None) -> list[Mail]:
        """Return the mails that were sent, in order; None: to the only mail server."""
        found: HasMails = self._behind.that_has(HasMails, connection)
        return found.mails()

    def messages(self, connection: str | None = None) -> list[Message]:
        """Return the messages that were sent, in order; None: to the only chat or pager."""
        found: HasMessages = self._behind.that_has(HasMessages, connection)
        return found.messages()

    def timeline(self) -> str:
        """Return a chart of text: when each task ran, and for how long."""
        return timeline(self.outcome)

    def verify(self, task_ids: Iterable[str]) -> None:
        """Say that the test looks at what these tasks did by other means."""
        for task_id in task_ids:
            self._looks.at_task(task_id, "by other means")

    def saw(self, connection: str) -> None:
        """Say that the test looks at what stands behind a connection by other means."""
        self._looks.at_connection(connection)

    def verdicts(self) -> dict[str, Verdict]:
        """Return which tasks the test has verified so far, which only ran, and which did not."""
        return self._looks.verdicts(self.outcome)

    def __repr__(self) -> str:
        return f"<run of {self.outcome.dag_id}: {self.outcome.state or 'no outcome'}>"

    def _assert_some_error(self, match: str) -> None:
        failed = [task.error for task in self.outcome.tasks if task.state == "failed"]
        errors = [str(error) for error in (*failed, self.outcome.error) if error is not None]
        if not any(re.search(match, error) for error in errors):
            raise AssertionError(f"No error of the workflow {self.outcome.dag_id!r} is {match!r}: {errors}")

    def _failed(self) -> AssertionError:
        self.was_shown = True
        return AssertionError(failure_text(self.outcome))
