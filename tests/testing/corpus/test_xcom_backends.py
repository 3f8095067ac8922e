"""A backend for XComs, which is an option of Airflow: what tasks push and pull goes through it, in both tiers."""

from pathlib import Path

import pytest

from airside.testing.given import Given, Tier
from airside.testing.processes import Source, run

BACKEND = """
from airflow.sdk.bases.xcom import BaseXCom

class Marking(BaseXCom):
    @staticmethod
    def serialize_value(value, *, task_id=None, **_):
        if task_id not in {"gives", "takes"}:
            raise ConnectionError("no other workflow may come here")
        return f"{task_id} {value}"

    @staticmethod
    def deserialize_value(result):
        return result.value + ", read"
"""
FLOW = """
from airflow.sdk import DAG, task

with DAG("flow"):
    @task
    def gives():
        return "given"

    @task
    def takes(value):
        return f"<{value}>"

    takes(gives())
"""


@pytest.mark.slow
@pytest.mark.parametrize("tier", ["fast", "real"])
def test_what_tasks_push_and_pull_goes_through_the_backend_of_the_deployment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tier: Tier
) -> None:
    (tmp_path / "marking_backend.py").write_text(BACKEND)
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "flow.py").write_text(FLOW)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__CORE__XCOM_BACKEND", "marking_backend.Marking")
    source = Source(root=tmp_path, dags_folder=tmp_path / "dags", dag_id="flow")
    came = run(source, Given(dag_id="flow", timeout=120.0, tier=tier))
    assert {task.key.task_id: task.output for task in came.tasks} == {
        "gives": "gives given, read",
        "takes": "takes <gives given, read>, read",
    }
