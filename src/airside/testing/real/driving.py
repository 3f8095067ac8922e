"""Driving a run by Airflow's own scheduling, from its first task to its end."""

from dataclasses import dataclass
from typing import Any

from airflow.sdk.execution_time.comms import SkipDownstreamTasks
from airflow.sdk.timezone import utcnow
from airflow.utils.session import create_session

from airside.testing.engine.attempt import Attempt
from airside.testing.engine.failing import failing
from airside.testing.engine.graph import Graph
from airside.testing.engine.records import Records
from airside.testing.engine.stubs import Stubs
from airside.testing.given import Given
from airside.testing.outcome import TaskKey
from airside.testing.real.attempts import Attempts
from airside.testing.real.registering import Registered

_LONG_AGO = utcnow().replace(year=2000)


@dataclass(frozen=True, slots=True)
class Wave:
    """What one look of the scheduler found.

    Attributes:
        state: Of the run.
        keys: What starts now, in order.
        ended: Those of them that the scheduler has ended itself.
        callback: What is to be told of the run's end.
    """

    state: str
    keys: tuple[TaskKey, ...]
    ended: frozenset[TaskKey]
    callback: Any


@dataclass(frozen=True, slots=True)
class Drive:
    """One run, as with enough workers: what is ready at once, starts at once."""

    registered: Registered
    graph: Graph
    attempts: Attempts
    stubs: Stubs
    given: Given
    records: Records
    client: Any

    def to_the_end(self) -> tuple[str, Any]:
        """Run until the run has an end, or nothing can change any more; return its state and what is to be told."""
        before = None
        while True:
            wave = self._look()
            if wave.state != "running":
                return wave.state, wave.callback
            now = self.registered.states()
            if not wave.keys and now == before:
                return "running", None
            before = now
            self._run(wave)

    def _look(self) -> Wave:
        with create_session() as session:
            self._let_time_pass(session)
            run = self.registered.run(session)
            ready, callback = run.update_state(session=session, execute_callbacks=False)
            ready.sort(key=self._place)
            held = [ti for ti in ready if self._told(_key(ti)) is not None or self.stubs.has(_key(ti))]
            run.schedule_tis([ti for ti in ready if ti not in held], session=session)
            for ti in held:
                ti.state = "scheduled"
                ti.try_number += 1
            session.flush()
            for ti in ready:
                session.refresh(ti)
            ended = frozenset(_key(ti) for ti in ready if ti.state == "success")
            return Wave(str(run.state), tuple(map(_key, ready)), ended, callback)

    def _let_time_pass(self, session: Any) -> None:
        """Let the waiting time of all retries be over."""
        for ti in self.registered.instances(session):
            if ti.state == "up_for_retry":
                ti.end_date = _LONG_AGO
        session.flush()

    def _place(self, ti: Any) -> tuple[int, int, int]:
        return -ti.priority_weight, ti.map_index, self.graph.places[ti.task_id]

    def _run(self, wave: Wave) -> None:
        states = self.registered.states()
        for key in wave.keys:
            if states[key] == "scheduled":
                self.attempts.start(key)
        for key in wave.keys:
            self.records.start(key, stubbed=self._told(key) is not None or self.stubs.has(key))
            self.records.end(key, Attempt("success") if key in wave.ended else self._attempt(key))

    def _attempt(self, key: TaskKey) -> Attempt:
        task = self.graph.nodes[key.task_id].task
        if (told := self._told(key)) is not None:
            return self.attempts.attempt(key, failing(task, told))
        if self.stubs.has(key):
            return self._stubbed(key)
        return self.attempts.attempt(key, task)

    def _told(self, key: TaskKey) -> str | None:
        return self.given.fail.get(str(key), self.given.fail.get(key.task_id))

    def _stubbed(self, key: TaskKey) -> Attempt:
        """Let the API know what a task does that does not run."""
        attempt = self.stubs.attempt(key)
        with create_session() as session:
            ti_id = self.registered.instance(session, key).id
        if attempt.skips:
            tasks = [(skipped.task_id, skipped.map_index) for skipped in attempt.skips]
            self.client.task_instances.skip_downstream_tasks(ti_id, SkipDownstreamTasks(tasks=tasks))
        self.client.task_instances.succeed(ti_id, utcnow(), [], [], None)
        return attempt


def _key(ti: Any) -> TaskKey:
    return TaskKey(ti.task_id, ti.map_index)
