"""Drafting a case from a run: what it was given, and what it did, as far as it will do so again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from airside.testing.cases.drafted_given import all_of, drafted_given, masks_of, secrets_of, shown, stubbed_for
from airside.testing.cases.drafted_tasks import DraftedTask, drafted_tasks
from airside.testing.cases.schema import SCHEMA_URL
from airside.testing.cases.spelling import comment, entry
from airside.testing.cases.steady import ANYTHING, Steady, same_texts, without_gaps
from airside.testing.expecting.expected import Expected
from airside.testing.expecting.judging import outcome_faults
from airside.testing.expecting.plain import plain
from airside.testing.given import Given
from airside.testing.outcome import NOT_MAPPED, Need, RunOutcome, TaskOutcome


def draft(
    outcome: RunOutcome,
    given: Given,
    again: RunOutcome | None = None,
    *,
    lent: Given | None = None,
    now: datetime | None = None,
) -> str:
    """Return the YAML of a case that passes when it is run again.

    Secrets are `*` in it. A task that asked for one is stubbed with its output. What differs from run to run is left
    out; comments say of what.

    Args:
        outcome: What came of a run.
        given: What it found, stand-ins aside: a person adds these.
        again: What came of a second run of the same; what is not the same in both is left out.
        lent: Connections and variables that it found besides; all of them are secret, and none is in the draft.
        now: When it ran: what the clock says is left out.
    """
    moments = [given.logical_date, given.clock, *(given.data_interval or ())]
    same = frozenset[str]().union(*map(same_texts, moments))
    steady = Steady(masks_of(given, lent), same, now if given.clock is None else None)
    stubbed = stubbed_for(outcome, secrets_of(given) | all_of(lent))
    run = replace(outcome, tasks=tuple(replace(task, stubbed=_is_stub(task, stubbed)) for task in outcome.tasks))
    tasks = tuple(drafted_tasks(run, again, steady))
    made = _Draft(outcome, _expected(outcome, steady), tasks).that_holds(again)
    return "".join([*_head(outcome, stubbed), *_given(outcome, given, stubbed, steady), *made.lines()])


def _is_stub(task: TaskOutcome, stubbed: Mapping[str, Need]) -> bool:
    return task.stubbed or task.key.task_id in stubbed


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a case is to expect.

    Attributes:
        outcome: What came of the run.
        run: All keys of `expect` but `tasks`.
        tasks: These.
    """

    outcome: RunOutcome
    run: Mapping[str, Any]
    tasks: tuple[DraftedTask, ...]

    def that_holds(self, again: RunOutcome | None) -> "_Draft":
        """Return it without what does not hold for the runs that it is made of."""
        expected = Expected.model_validate({**self.run, "tasks": {task.name: task.expect for task in self.tasks}})
        runs = [run for run in (self.outcome, again) if run is not None and run.error is None]
        faults = {fault.path for run in runs for fault in outcome_faults(expected, run)}
        run = {key: value for key, value in self.run.items() if not any(_is_at(path, key) for path in faults)}
        return replace(self, run=run, tasks=tuple(_without(task, faults) for task in self.tasks))

    def lines(self) -> Iterator[str]:
        """Yield the lines of `expect`."""
        yield "expect:\n"
        for key, value in self.run.items():
            yield entry(key, value, 2)
        if self.tasks:
            yield "  tasks:\n"
        for task in self.tasks:
            if task.gaps:
                yield comment(f"Left out, as it is secret or differs from run to run: {', '.join(task.gaps)}", 4)
            only_state = list(task.expect) == ["state"]
            yield entry(task.name, task.expect["state"] if only_state else dict(task.expect), 4)


def _is_at(path: str, key: str) -> bool:
    return re.match(rf"{re.escape(key)}(?:[.\[]|$)", path) is not None


def _without(task: DraftedTask, faults: set[str]) -> DraftedTask:
    start = rf"tasks\.{re.escape(task.name)}(?:\[\d+\])?\."
    wrong = [key for key in task.expect if any(re.match(rf"{start}{key}(?:[.\[]|$)", path) for path in faults)]
    if not wrong:
        return task
    kept = {key: value for key, value in task.expect.items() if key not in wrong}
    return DraftedTask(task.name, kept, (*task.gaps, *wrong))


def _expected(outcome: RunOutcome, steady: Steady) -> dict[str, Any]:
    if outcome.error is not None:
        return {"error": steady.text(str(outcome.error).partition("\n")[0]) + ANYTHING}
    run: dict[str, Any] = {"state": outcome.state}
    if len(order := _order(outcome)) > 1:
        run["order"] = order
    if outcome.asset_events:
        run["assets"] = [
            {"uri": event.uri, "task": str(event.task), **_some("extra", event.extra, steady)}
            for event in outcome.asset_events
        ]
    if outcome.triggered:
        run["triggered"] = [
            {"dag_id": other.dag_id, "task": str(other.task), **_some("conf", other.conf, steady)}
            for other in outcome.triggered
        ]
    return {**run, "callbacks": list(outcome.tells)} if outcome.tells else run


def _some(key: str, value: Mapping[str, Any], steady: Steady) -> dict[str, Any]:
    kept = without_gaps(steady.value(dict(value)), key, [])
    return {key: kept} if kept else {}


def _order(outcome: RunOutcome) -> list[str]:
    """Return the longest chain of tasks that started, each right below the one before: their order is no accident."""
    started = {task.key.task_id for task in outcome.tasks if task.order is not None}
    chains: dict[str, list[str]] = {}
    for task_id in (each for each in outcome.task_ids if each in started):
        # Task ids come in the order of the DAG: those above have their chains.
        above = [chains[one] for one, other in outcome.edges if other == task_id and one in chains]
        chains[task_id] = [*max(above, key=len, default=[]), task_id]
    return max(chains.values(), key=len, default=[])


def _head(outcome: RunOutcome, stubbed: Mapping[str, Need]) -> Iterator[str]:
    yield comment(f"yaml-language-server: $schema={SCHEMA_URL}")
    yield comment(f"A draft, from what {outcome.dag_id} did. Keep what matters, and say what else has to come of it.")
    for task_id, need in stubbed.items():
        yield comment(f"{task_id} is stubbed: it asked for the {need.kind} {need.name}; secrets are not written here.")
        if need.kind == "connection":
            yield comment(f"With a stand-in in its place it would run: connections: {{{need.name}: {{type: …}}}}")
    yield entry("workflow", outcome.dag_id)


def _given(outcome: RunOutcome, given: Given, stubbed: Mapping[str, Need], steady: Steady) -> Iterator[str]:
    said = drafted_given(given, steady)
    stub, fail = dict(said.get("stub", {})), dict(said.get("fail", {}))
    for task_id in stubbed:
        instances = [task for task in outcome.tasks if task.key.task_id == task_id]
        failed = {str(task.key): str(task.error or "RuntimeError") for task in instances if task.state == "failed"}
        fail |= {name: shown(text, steady.masks) for name, text in failed.items()}
        if not failed and any(task.state == "success" for task in instances):
            stub[task_id] = shown(_output(instances), steady.masks)
    said |= {key: value for key, value in (("stub", stub), ("fail", fail)) if value}
    if said:
        yield "given:\n"
    for key, value in said.items():
        yield entry(key, value, 2)


def _output(instances: list[TaskOutcome]) -> Any:
    mapped = [plain(task.output) for task in instances if task.key.map_index != NOT_MAPPED]
    return mapped or plain(instances[0].output)
