import msgspec
import pytest
from hypothesis import given
from workflow_descriptions import described, descriptions, task, workflow

from airside.planning.applying import apply_changes
from airside.planning.changes import Changes, FieldChange, NeedChange, ParamChange, TaskChange, WorkflowChange
from airside.planning.comparing import TASK_FIELDS, WORKFLOW_FIELDS, compare
from airside.planning.essence import essential
from airside.release.description import Description, Need, TaskDescription, WorkflowDescription

ORDERS = workflow("orders")


def change(before: WorkflowDescription, after: WorkflowDescription) -> WorkflowChange:
    (found,) = compare(described(before), described(after)).changed
    return found


@given(descriptions, descriptions)
def test_changes_applied_to_what_is_give_what_shall_be(before: Description, after: Description) -> None:
    assert apply_changes(before, compare(before, after)) == essential(after)


@given(descriptions, descriptions)
def test_there_is_no_change_exactly_between_what_is_the_same(before: Description, after: Description) -> None:
    assert compare(before, after).is_empty is (essential(before) == essential(after))


@given(descriptions)
def test_the_first_release_adds_every_workflow(after: Description) -> None:
    assert compare(Description(), after) == Changes(added=essential(after).workflows)


@given(descriptions, descriptions)
def test_every_workflow_is_told_once(before: Description, after: Description) -> None:
    changes = compare(before, after)
    gone = [*(gone.id for gone in changes.removed), *(renamed.was for renamed in changes.renamed)]
    came = [*(came.id for came in changes.added), *(renamed.id for renamed in changes.renamed)]
    had, gets = ({each.id for each in side.workflows} for side in (before, after))
    assert sorted(filter(None, gone)) == sorted(had - gets)
    assert sorted(came) == sorted(gets - had)


def test_lines_that_shift_change_no_workflow() -> None:
    need = Need(kind="variable", name="limit", file="dags/orders.py", line=3, task="load")
    before = workflow("orders", task("load", line=9), line=7, needs=(need,))
    moved = msgspec.structs.replace(need, line=30, file="lib/limits.py", task="extract")
    after = workflow("orders", task("load", line=90), line=70, needs=(moved, need))
    assert compare(described(before), described(after)).is_empty


@pytest.mark.parametrize("name", [name for name in WORKFLOW_FIELDS if name != "file"])
def test_every_attribute_of_a_workflow_is_compared(name: str) -> None:
    value = ("another",) if isinstance(getattr(ORDERS, name), tuple) else "another"
    after = msgspec.structs.replace(ORDERS, **{name: value})
    assert change(ORDERS, after).fields == (FieldChange(name, getattr(ORDERS, name), value),)


@pytest.mark.parametrize("name", TASK_FIELDS)
def test_every_attribute_of_a_task_is_compared(name: str) -> None:
    load = task("load")
    value = ("another",) if isinstance(getattr(load, name), tuple) else "another"
    after = workflow("orders", msgspec.structs.replace(load, **{name: value}))
    fields = (FieldChange(name, getattr(load, name), value),)
    assert change(workflow("orders", load), after).tasks_changed == (TaskChange("load", fields=fields),)


def test_nothing_that_a_description_says_is_overlooked() -> None:
    assert {*WORKFLOW_FIELDS, "id", "line", "params", "tasks", "needs"} == set(WorkflowDescription.__struct_fields__)
    assert {*TASK_FIELDS, "id", "line"} == set(TaskDescription.__struct_fields__)


def test_params_come_go_and_change() -> None:
    before = workflow("orders", params={"size": "5", "day": '"mon"', "same": "1"})
    after = workflow("orders", params={"size": "6", "dry": "true", "same": "1"})
    found = (ParamChange("day", '"mon"', None), ParamChange("dry", None, "true"), ParamChange("size", "5", "6"))
    assert change(before, after).params == found


def test_a_need_is_the_same_wherever_it_is_asked_for_and_as_sure_as_the_surest() -> None:
    likely = Need(kind="connection", name="warehouse", certainty="likely", optional=True, task="load")
    exact = Need(kind="connection", name="warehouse", task="extract")
    was, is_ = (
        Need(kind="connection", name="warehouse", certainty="likely", optional=True),
        Need(kind="connection", name="warehouse"),
    )
    found = change(workflow("orders", needs=(likely,)), workflow("orders", needs=(likely, exact)))
    assert found.needs == (NeedChange(was, is_),)


def test_a_task_that_does_the_same_under_another_id_is_renamed_and_rewires_nobody() -> None:
    before = workflow("orders", task("extract"), task("load", upstream=("extract",)))
    renamed = task("extract_all", fingerprint=task("extract").fingerprint)
    after = workflow("orders", renamed, task("load", upstream=("extract_all",)))
    assert change(before, after) == WorkflowChange(id="orders", tasks_changed=(TaskChange("extract_all", "extract"),))
    changes = compare(described(before), described(after))
    assert apply_changes(described(before), changes) == described(after)


def test_where_two_tasks_could_be_the_renamed_one_none_is() -> None:
    same = task("extract").fingerprint
    before = workflow("orders", task("extract"))
    after = workflow("orders", task("one", fingerprint=same), task("two", fingerprint=same))
    found = change(before, after)
    assert [came.id for came in found.tasks_added] == ["one", "two"]
    assert [gone.id for gone in found.tasks_removed] == ["extract"]


def test_a_workflow_that_keeps_its_file_and_most_of_its_tasks_is_renamed() -> None:
    before = workflow("orders", task("a"), task("b"), task("c"))
    after = workflow("sales", task("a"), task("b"), task("c"), task("d"), file="dags/orders.py")
    found = change(before, after)
    assert (found.was, found.id) == ("orders", "sales")
    assert [came.id for came in found.tasks_added] == ["d"]


def test_a_workflow_that_only_shares_a_file_with_one_that_goes_is_new() -> None:
    before, after = (
        workflow("orders", task("a"), task("b")),
        workflow("sales", task("b"), task("c"), file="dags/orders.py"),
    )
    changes = compare(described(before), described(after))
    assert (len(changes.removed), len(changes.added), changes.renamed) == (1, 1, ())


def test_a_workflow_that_comes_back_unchanged_in_another_file_under_another_id_is_renamed() -> None:
    found = change(workflow("orders"), workflow("sales"))
    assert (found.was, found.id, found.fields) == (
        "orders",
        "sales",
        (FieldChange("file", "dags/orders.py", "dags/sales.py"),),
    )


def test_where_two_workflows_could_be_the_renamed_one_none_is() -> None:
    after = [workflow(name, file="dags/orders.py") for name in ("sales", "returns")]
    changes = compare(described(workflow("orders")), described(*after))
    assert (len(changes.added), len(changes.removed), changes.renamed) == (2, 1, ())


def test_a_workflow_of_the_same_id_in_another_file_is_moved() -> None:
    changes = compare(described(workflow("orders")), described(workflow("orders", file="dags/sales/orders.py")))
    assert [moved.id for moved in changes.moved] == ["orders"]
