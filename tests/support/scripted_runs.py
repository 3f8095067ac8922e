"""Runs scripted workflows by the engine, without a task runner."""

from typing import Any

from scripted_workflows import DATE, Judgement, TaskSpec, WorkflowSpec, build, effect_of

from airside.testing.engine.attempt import Attempt
from airside.testing.engine.drive import Drive
from airside.testing.engine.ending import state_of
from airside.testing.engine.graph import Graph
from airside.testing.engine.prepared import has_instance
from airside.testing.engine.records import Records
from airside.testing.engine.roster import Roster
from airside.testing.engine.scheduler import Scheduler
from airside.testing.engine.stubs import Stubs
from airside.testing.outcome import TaskKey


class KeptOutputs:
    """`Outputs` in a dict."""

    def __init__(self) -> None:
        self.kept: dict[TaskKey, dict[str, Any]] = {}

    def of(self, key: TaskKey) -> dict[str, Any]:
        return self.kept.get(key, {})

    def push(self, key: TaskKey, name: str, value: object) -> None:
        self.kept.setdefault(key, {})[name] = value

    def clear(self, key: TaskKey) -> None:
        self.kept.pop(key, None)


class ScriptedAttempts:
    """`Attempts` that do what the script says; what they were asked for is kept."""

    def __init__(self, spec: WorkflowSpec, outputs: KeptOutputs) -> None:
        self._scripts: dict[str, TaskSpec] = {task.id: task for task in spec.tasks}
        self._outputs = outputs
        self.asked: list[TaskKey] = []

    def attempt(self, key: TaskKey, task: Any, try_number: int) -> Attempt:  # noqa: ANN401 - as the port has it
        self.asked.append(key)
        script = self._scripts[key.task_id]
        effect = effect_of(script, task.downstream_task_ids, key.map_index, try_number)
        for name, value in (("return_value", effect.value), ("skipmixin_key", effect.choice)):
            if value is not None:
                self._outputs.push(key, name, value)
        return Attempt(effect.state, skips=frozenset(map(TaskKey, effect.skips)))  # type: ignore[arg-type]


def simulate(spec: WorkflowSpec, *, fail_fast: bool = False, stub: dict[str, Any] | None = None) -> Judgement:
    """Return what the engine makes of a workflow."""
    dag = build(spec)
    dag.fail_fast = fail_fast
    graph, roster, outputs = Graph(dag, dag.task_ids), Roster(), KeptOutputs()
    scheduler = Scheduler(graph, roster, outputs)
    for node in graph.nodes.values():
        if has_instance(node.task, DATE):
            scheduler.enroll(node)
    attempts = ScriptedAttempts(spec, outputs)
    stubs = Stubs(stub or {}, graph, roster, outputs)
    has_ended = Drive(graph, roster, scheduler, attempts, outputs, stubs, {}, Records()).to_the_end()
    return Judgement(
        state=state_of(graph, roster) if has_ended else "failed",
        instances={str(key): state for key, state in roster.states().items()},
        order=[str(key) for key in attempts.asked],
    )
