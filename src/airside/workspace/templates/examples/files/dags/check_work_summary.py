"""Look first, then work, then say what was done: a workflow of Airflow with what every good one has.

`@workflow` makes an ordinary DAG. Owner, retries and time-outs come from `[defaults]` in airside.toml and from the config.
"""

from pathlib import Path

from airflow.sdk import task

from airside import checks, config, report, workflow


@workflow(
    schedule=None,
    # They run beside each other, before anything else. When one fails, the work does not begin.
    checks=[
        checks.file(config.get("check_work_summary.orders"), min_size=1, task_id="orders_are_there"),
        checks.free_space("/tmp", at_least="1MiB", task_id="there_is_space"),
    ],
    tags=["example"],
    doc_md=__doc__,
)
def check_work_summary():
    @task
    def work() -> int:
        """Count the orders."""
        orders = Path(config.get("check_work_summary.orders"))
        rows = len(orders.read_text().splitlines())
        # Shown in the summary, compared with the runs before.
        report(rows=rows, bytes=orders.stat().st_size, files=1)
        return rows

    work()
    # The task `summary` is added: it runs last, whatever happened.


dag = check_work_summary()
