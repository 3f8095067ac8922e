import pytest

from airside.testing.cases import collecting
from airside.testing.outcome import Failure, Need, RunOutcome, TaskKey, TaskOutcome
from airside.testing.pytest_plugin import all_dags, reports, runner
from airside.testing.results import summary
from airside.testing.standins import constructors
from airside.testing.standins.databases import cluster

KEPT = (all_dags, cluster, collecting, constructors, reports, runner, summary)
"""Modules that are imported here: `pytester` drops those that are first imported while it lives, and the Airflow that
they have started with them."""


@pytest.fixture
def orders() -> RunOutcome:
    """A run in which `load` has failed for want of a connection, and a mapped task."""
    error = Failure(
        "AirflowNotFoundException",
        "The conn_id `dwh` isn't defined",
        'Traceback (most recent call last):\n  File "dags/orders.py", line 12, in load\n    hook = get_hook("dwh")\n'
        "AirflowNotFoundException: The conn_id `dwh` isn't defined",
        "dags/orders.py",
        12,
    )
    return RunOutcome(
        dag_id="orders",
        run_id="manual__1",
        state="failed",
        tasks=(
            TaskOutcome(
                TaskKey("extract"), "success", "_PythonDecoratedOperator", 1, 0, 0.0, 0.1, [1, 2]
            ),
            TaskOutcome(TaskKey("count", 0), "success", "_PythonDecoratedOperator", 1, 1, 0.1, 0.1, 10),
            TaskOutcome(TaskKey("count", 1), "success", "_PythonDecoratedOperator", 2, 2, 0.2, 0.2, 20),
            TaskOutcome(
                TaskKey("load"), "failed", "SQLExecuteQueryOperator", 3, 3, 0.4, 0.6,
                rendered={"sql": "insert into t values (2)"}, error=error, log=("connecting", "giving up"),
            ),
            TaskOutcome(TaskKey("notify"), "upstream_failed", "EmptyOperator"),
        ),
        task_ids=("extract", "count", "load", "notify"),
        edges=(("extract", "count"), ("count", "load"), ("load", "notify")),
        needs=(
            Need("connection", "dwh", is_given=False, task_id="load", file="dags/orders.py", line=12),
            Need("variable", "limit", is_given=True, task_id="extract", file="dags/orders.py", line=7),
        ),
        duration=1.0,
    )  # fmt: skip


ORDERS = """
from airflow.sdk import DAG, Connection, Variable, task

with DAG("orders"):

    @task
    def extract():
        return [1, 2]

    @task
    def transform(rows):
        return [row * int(Variable.get("limit", "1")) for row in rows]

    @task
    def load(rows):
        print("loading", len(rows))
        Connection.get("dwh")

    load(transform(extract()))
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A plain Airflow project with one workflow, `orders`; its pytests run in this process and share what is warm."""
    pytester.makeini("[pytest]\naddopts = -p no:randomly -p no:cacheprovider")
    folder = pytester.mkdir("dags")
    (folder / "orders.py").write_text(ORDERS)
    return pytester
