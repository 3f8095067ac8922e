"""`summary_task`: the last task of a workflow, which runs whatever happened and changes nothing about it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from airflow.sdk import DAG, BaseOperator

from airside.base.errors import UsageError

TASK: Final = "summary"
"""The id of the task."""

KEY: Final = "airside_summary"
"""The XCom of that task: the summary as JSON, with its headline and the note of the run."""

_NOTHING_OF_THE_WORKFLOW: Final[Mapping[str, Any]] = {
    "retries": 1,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": False,
    "execution_timeout": timedelta(minutes=2),
    "depends_on_past": False,
    "wait_for_downstream": False,
    "wait_for_past_depends_before_skipping": False,
    "ignore_first_depends_on_past": True,
    "pool": "default_pool",
    "pool_slots": 1,
    "trigger_rule": "all_done_setup_success",
    "inlets": [],
    "outlets": [],
    "email_on_failure": False,
    "email_on_retry": False,
    "on_execute_callback": None,
    "on_failure_callback": None,
    "on_success_callback": None,
    "on_retry_callback": None,
    "on_skipped_callback": None,
    "pre_execute": None,
    "post_execute": None,
    "max_active_tis_per_dag": None,
    "max_active_tis_per_dagrun": None,
    "start_date": None,
    "end_date": None,
}
"""What the `default_args` of a workflow are meant to do to its work, and not to this."""


class SummaryOperator(BaseOperator):  # type: ignore[misc]  # Airflow's class is untyped here
    """Tells what each task of the run did: in the log, in Airflow's log folder, and as an XCom."""

    ui_color = "#e8f0fe"

    def execute(self, context: Mapping[str, Any]) -> None:
        """Gather, tell and leave the figures for the next run.

        Raises:
            Exception: Airflow does not answer. The run is what it is all the same.
        """
        # Only this task pays for it, and not each parse of the DAG file.
        from airside.authoring.summary.telling import tell  # noqa: PLC0415 - as said

        tell(context)


def summary_task(dag: DAG) -> SummaryOperator:
    """Add the task `summary` to `dag`, after all tasks that are there by now, and return it.

    It is a teardown, so it runs whatever happened, and neither its own failure nor its success counts for the run.

    Raises:
        UsageError: There is a task of that name.
    """
    if dag.has_task(TASK):
        raise UsageError(
            f"Workflow {dag.dag_id} has a task {TASK} of its own",
            hint="Give it another name, or make the workflow with `summary=False`.",
        )
    # A setup that failed would keep a teardown right after it from running.
    leaves = [task for task in dag.leaves if not task.is_setup]
    summary = SummaryOperator(task_id=TASK, dag=dag, task_group=dag.task_group, **_NOTHING_OF_THE_WORKFLOW)
    summary.as_teardown(on_failure_fail_dagrun=False)
    if leaves:
        summary.set_upstream(leaves)
    return summary
