"""Each construct of Airflow, a workflow each, has the outcome that is written beside it."""

import pytest
from workflow_corpus import NAMES, cases, faults, outcome


@pytest.mark.parametrize("name", NAMES)
def test_each_construct_has_the_outcome_that_is_written_down(name: str) -> None:
    assert [fault for case in cases(name) for fault in faults(case, outcome(case))] == []


def test_there_are_at_least_sixty_workflows() -> None:
    assert len(NAMES) >= 60
