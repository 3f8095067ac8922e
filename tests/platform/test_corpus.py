"""A sample of the corpus on a running Airflow, with its scheduler, LocalExecutor, triggerer and Postgres."""

from collections.abc import Iterator, Mapping

import pytest
from corpus_place import CorpusPlace, as_told
from tier_comparison import unlike
from workflow_corpus import cases, outcome

from airside.platform.ports import free_port
from airside.testing.outcome import RunOutcome

pytestmark = [pytest.mark.platform, pytest.mark.slow]

SAMPLE = [
    "async_tasks",
    "branch",
    "branch_into_groups",
    "branch_onto_mapped_tasks",
    "callbacks",
    "decorators",
    "dependencies_of_classic_operators",
    "mapped_classic_operators",
    "mapped_group_with_failures",
    "mapped_over_a_mapped_task",
    "mapped_over_arguments_made_of_others",
    "mapped_with_failures",
    "multiple_outputs",
    "params",
    "retries_of_mapped_tasks",
    "retries_that_do_not_happen",
    "setup_and_teardown",
    "setups_in_groups",
    "short_circuit",
    "skip_exceptions",
    "task_state_store",
    "templates_as_native_objects",
    "trigger_rules",
    "xcoms_of_retries",
]
PATIENCE = 300.0

BY_CHANCE = {"trigger_rules": {"all_success__all"}}
"""Tasks whose state Airflow leaves open: below a failure and a skip, that of whichever the scheduler sees first."""


@pytest.fixture(scope="module")
def in_tests() -> Mapping[str, RunOutcome]:
    """What came of the sample in the fast tier."""
    return {name: outcome(cases(name)[0]) for name in SAMPLE}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, in_tests: Mapping[str, RunOutcome]) -> Iterator[CorpusPlace]:
    place = CorpusPlace(tmp_path_factory.mktemp("corpus"), SAMPLE)
    try:
        place.airside("up", "--detach", "--port", str(free_port(28550)))
        place.await_workflows(set(SAMPLE))
        for name, came in in_tests.items():
            place.start(name, came)
        yield place
    finally:
        place.airside("down")
        place.airside("clean")


@pytest.mark.parametrize("name", SAMPLE)
def test_airflow_does_what_a_functional_test_said(
    place: CorpusPlace, in_tests: Mapping[str, RunOutcome], name: str
) -> None:
    came = in_tests[name]
    told, expected = place.told(name, came.run_id, seconds=PATIENCE), as_told(came)
    for task_id in BY_CHANCE.get(name, ()):
        assert told["tasks"].pop(task_id)["state"] in {"upstream_failed", "skipped"}
        del expected["tasks"][task_id]
    assert list(unlike(told, expected)) == []
