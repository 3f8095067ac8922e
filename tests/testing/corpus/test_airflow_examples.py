"""The example DAGs of Airflow run through the engine; the documentation says which do not, and why."""

from pathlib import Path

import pytest
from airflow_examples import FILES, GIVEN, LIMITS, outcome, workflows
from walkthrough import DOCS

from airside.testing.expecting.patterns import fits
from airside.testing.outcome import RunOutcome

SAMPLE = {
    "example_branch_labels.py", "example_dynamic_task_mapping.py", "example_hitl_operator.py", "example_sensors.py",
    "example_setup_teardown_taskflow.py", "example_skip_dag.py", "example_xcomargs.py", "tutorial_taskflow_api.py",
}  # fmt: skip
"""What is run each time."""

SOME = [pytest.param(path, marks=[] if path.name in SAMPLE else [pytest.mark.slow], id=path.stem) for path in FILES]


@pytest.mark.parametrize("path", SOME)
def test_the_examples_come_to_a_good_end_but_for_those_of_the_page(path: Path) -> None:
    for dag_id in workflows()[path]:
        came = outcome(dag_id, path)
        if dag_id not in LIMITS:
            assert came.state == "success", f"{dag_id}: {_told(came)}"
        else:
            assert any(fits(LIMITS[dag_id].error, error) for error in _told(came)), dag_id


def _told(came: RunOutcome) -> list[str]:
    return [str(error) for error in (came.error, *(task.error for task in came.tasks)) if error is not None]


def test_the_page_names_the_examples_that_do_not_run_and_what_others_are_given() -> None:
    page = (DOCS / "reference" / "engine-limits.md").read_text()
    ran = sum(map(len, workflows().values())) - len(LIMITS)
    assert f"{ran} of the {ran + len(LIMITS)} workflows" in page
    rows = [f"| `{dag_id}` | {limit.reason} |" for dag_id, limit in sorted(LIMITS.items())]
    rows += [f"| `{dag_id}` | {', '.join(f'`{name}`' for name in sorted(GIVEN[dag_id]))} |" for dag_id in sorted(GIVEN)]
    assert [row for row in rows if row not in page] == []
