"""Descriptions of workflows for tests: makers of fixed ones, and strategies for any."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from airside.release.description import Description, Need, TaskDescription, WorkflowDescription, describe

_words = st.sampled_from(["orders", "sales", "load", "extract", "a", "b", "größe", "x.y"])
_texts = st.one_of(st.none(), _words)
_sorted_words = st.lists(_words, unique=True, max_size=3).map(lambda words: tuple(sorted(words)))
_lines = st.one_of(st.none(), st.integers(1, 99))
_kinds = st.sampled_from(["connection", "variable", "pool", "workflow", "asset"])
_certainties = st.sampled_from(["exact", "likely", "dynamic"])

needs = st.builds(
    Need,
    kind=_kinds,
    name=_words,
    certainty=_certainties,
    optional=st.booleans(),
    task=_texts,
    file=_texts,
    line=_lines,
)

tasks = st.builds(
    TaskDescription,
    id=_words,
    operator=st.sampled_from(["PythonOperator", "BashOperator"]),
    upstream=_sorted_words,
    line=_lines,
    retries=st.integers(0, 2),
    retry_delay=st.sampled_from([None, "0:05:00"]),
    pool=_words,
    executor=_texts,
    trigger_rule=st.sampled_from(["all_success", "all_done"]),
    mapped=st.booleans(),
    outlets=_sorted_words,
    fingerprint=st.sampled_from(["", "0" * 16, "1" * 16, "2" * 16]),
)


def _distinct(items: list[TaskDescription]) -> tuple[TaskDescription, ...]:
    return tuple(sorted({item.id: item for item in items}.values(), key=lambda item: item.id))


workflows = st.builds(
    WorkflowDescription,
    id=_words,
    file=st.sampled_from(["dags/one.py", "dags/two.py", "dags/three.py"]),
    line=_lines,
    schedule=st.sampled_from([None, "@daily", "@hourly"]),
    catchup=st.booleans(),
    tags=_sorted_words,
    params=st.dictionaries(_words, st.sampled_from(["1", '"two"']), max_size=3),
    paused_at_creation=st.one_of(st.none(), st.booleans()),
    assets=_sorted_words,
    tasks=st.lists(tasks, max_size=4).map(_distinct),
    needs=st.lists(needs, max_size=4).map(tuple),
)

descriptions = st.lists(workflows, max_size=5).map(
    lambda found: describe(list({workflow.id: workflow for workflow in found}.values()))
)
"""Any description, of few names: so that two of them have much in common."""


def task(name: str, /, **values: Any) -> TaskDescription:
    """Return a task that does what its name says."""
    made = TaskDescription(id=name, operator="PythonOperator", module="airflow.providers.standard.operators.python")
    fingerprint = f"{sum(name.encode()):016x}"
    return msgspec.structs.replace(made, **{"fingerprint": fingerprint, "owner": "data", **values})


def workflow(name: str, /, *found: TaskDescription, **values: Any) -> WorkflowDescription:
    """Return a workflow with these tasks, by default two of them, one after the other."""
    chosen = found or (task("extract"), task("load", upstream=("extract",)))
    made = WorkflowDescription(id=name, file=f"dags/{name}.py", schedule="@daily", tasks=chosen, owners=("data",))
    return msgspec.structs.replace(made, **values)


def described(*found: WorkflowDescription) -> Description:
    """Return the description of these workflows."""
    return describe(list(found))
