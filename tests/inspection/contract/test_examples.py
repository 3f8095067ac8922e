import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import BundleDagBag
from inspected import ReadFlow, in_dag

from airside.inspection.contract import operators
from airside.inspection.describing import describe_workflow, record_making
from airside.inspection.places import Tree

_EXAMPLES = (
    "airflow.example_dags",
    "airflow.providers.standard.example_dags",
    "airflow.providers.common.sql.example_dags",
)


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(next(iter(spec.submodule_search_locations)))


@pytest.mark.parametrize("package", _EXAMPLES)
def test_airflows_own_examples_have_no_error(package: str) -> None:
    record_making()
    root = _folder(package)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bag = BundleDagBag(root, bundle_path=root, bundle_name="examples", load_op_links=False)
        found = [describe_workflow(dag, Tree(root)) for dag in bag.dags.values()]

    assert found
    assert [facts.faults for facts in found if facts.faults] == []
    wrong = [problem for facts in found for problem in facts.problems if problem.certainty == "exact"]
    # A package that is not installed here is not there, in an example as well.
    assert [problem for problem in wrong if problem.rule != "missing-package"] == []


def test_a_fault_of_the_reader_is_told_and_hides_nothing_else(
    read_flow: ReadFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(value: object) -> list[str]:
        raise ZeroDivisionError(f"cannot read {value!r}")

    monkeypatch.setattr(operators, "_texts", broken)
    with pytest.raises(AssertionError, match=r"task 'a' of workflow 'flow'.*ZeroDivisionError: cannot read 'dwh'"):
        read_flow(
            in_dag("""
            from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
            SQLExecuteQueryOperator(task_id="a", sql="select 1", conn_id="dwh")
            """)
        )
