import json
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from airside.authoring.summary.document import Task
from airside.authoring.summary.facts import FAILED, Facts, Instance, Origin
from airside.authoring.summary.reported import Number, Report
from airside.authoring.summary.summarising import summarise

STARTED = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
STATES = ("success", "failed", "skipped", "upstream_failed", "removed")
NAMES = st.sampled_from(["extract", "copy", "load", "publish"])
INSTANCES = st.lists(
    st.builds(
        Instance,
        task=NAMES,
        map_index=st.integers(-1, 3),
        state=st.sampled_from(STATES),
        duration=st.none() | st.floats(0, 1e6),
        tries=st.none() | st.integers(1, 5),
        error=st.none() | st.text(max_size=30),
    ),
    unique_by=lambda each: (each.task, each.map_index),
)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9)
FIGURES = st.dictionaries(st.sampled_from(["rows", "score"]), NUMBERS)


def facts(*instances: Instance, **others: Any) -> Facts:
    known: dict[str, Any] = {
        "workflow": "orders",
        "run": "run",
        "started_at": STARTED,
        "now": STARTED + timedelta(seconds=90),
    }
    known |= {"origin": Origin(), "order": (), "deciding": frozenset(), "reports": {}}
    return Facts(instances=instances, **(known | others))


def told(*instances: Instance, **others: Any) -> dict[str, Task]:
    return {task.id: task for task in summarise(facts(*instances, **others)).tasks}


def rows(value: Number, earlier: list[Number]) -> tuple[Number | None, float | None, int]:
    reports = {"load": Report(figures={"rows": value})}
    before = tuple({"load": {"rows": number}} for number in earlier)
    task = told(Instance(task="load", state="success"), reports=reports, earlier=before)["load"]
    figure = task.figures[0]
    return figure.median, figure.change, figure.runs


@given(
    INSTANCES, st.sets(NAMES), st.dictionaries(NAMES, FIGURES), st.lists(st.dictionaries(NAMES, FIGURES), max_size=12)
)
def test_a_summary_counts_each_instance_once_and_is_json(
    instances: list[Instance], deciding: set[str], figures: dict[str, Any], earlier: list[Any]
) -> None:
    reports = {task: Report(figures=named) for task, named in figures.items()}
    summary = summarise(facts(*instances, deciding=frozenset(deciding), reports=reports, earlier=tuple(earlier)))
    assert sum(summary.states.values()) == len(instances)
    assert {task.id for task in summary.tasks} == {each.task for each in instances}
    for task in summary.tasks:
        own = [each for each in instances if each.task == task.id]
        assert task.state in {each.state for each in own}
        assert task.instances is None or sum(task.instances.values()) == len(own)
    failed = any(each.state in FAILED for each in instances if each.task in deciding)
    assert (summary.outcome == "failed") == failed
    document = summary.document()
    assert json.loads(json.dumps(document, allow_nan=False)) == document


@given(INSTANCES, st.randoms())
def test_the_order_in_which_airflow_tells_makes_no_difference(instances: list[Instance], random: Any) -> None:  # noqa: ANN401
    shuffled = list(instances)
    random.shuffle(shuffled)
    assert summarise(facts(*shuffled)) == summarise(facts(*instances))


@given(NUMBERS, st.lists(NUMBERS, min_size=1, max_size=20))
def test_a_figure_is_compared_with_the_median_of_the_last_ten(value: Number, earlier: list[Number]) -> None:
    usual, change, runs = rows(value, earlier)
    assert (usual, runs) == (median(earlier[:10]), min(len(earlier), 10))
    if change:
        assert (change > 0) == (value > median(earlier[:10]))


def test_a_change_is_in_percent_of_the_median() -> None:
    assert rows(120, [100, 90, 110]) == (100, 20.0, 3)
    assert rows(0, [100]) == (100, -100.0, 1)
    assert rows(-50, [-100]) == (-100, 50.0, 1)
    assert rows(5, [0, 0]) == (0, None, 2)
    assert rows(5, []) == (None, None, 0)


def test_a_mapped_task_is_one_with_its_instances_counted() -> None:
    some = [Instance(task="copy", map_index=number, state="success", duration=1.0 + number) for number in range(3)]
    bad = Instance(task="copy", map_index=3, state="failed", duration=0.5, tries=3, error="ValueError: no")
    task = told(*some, bad)["copy"]
    assert (task.state, task.instances) == ("failed", {"failed": 1, "success": 3})
    assert (task.duration, task.tries, task.error) == (3.0, 3, "ValueError: no")


def test_failed_tasks_come_first_and_then_all_as_they_run() -> None:
    names = ["extract", "load", "tell", "publish", "archive"]
    states = ["success", "failed", "skipped", "upstream_failed", "success"]
    instances = [Instance(task=name, state=state) for name, state in zip(names, states, strict=True)]
    assert list(told(*instances, order=tuple(names))) == ["load", "publish", "extract", "tell", "archive"]


def test_a_failed_task_that_others_make_good_fails_no_run() -> None:
    instances = [Instance(task="try", state="failed"), Instance(task="otherwise", state="success")]
    assert summarise(facts(*instances, deciding=frozenset({"otherwise"}))).outcome == "success"


def test_a_run_with_a_deciding_task_that_is_not_finished_is_not_judged() -> None:
    some = Instance(task="load", state="success")
    assert summarise(facts(some, deciding=frozenset({"load", "apart"}))).outcome == "unknown"


def test_times_are_those_of_the_run() -> None:
    summary = summarise(facts())
    assert (summary.started_at, summary.ended_at) == ("2026-11-21T04:30:00Z", "2026-11-21T04:31:30Z")
    assert summary.duration == 90
