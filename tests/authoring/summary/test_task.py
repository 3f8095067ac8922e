from datetime import timedelta
from typing import Any

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, TaskGroup

from airside.authoring.summary.task import summary_task
from airside.authoring.summary.telling import deciding_tasks
from airside.base.errors import UsageError


def workflow(**default_args: Any) -> DAG:
    """Return extract → (load, tell), where `tell` is in a group, and prepare → extract → clean."""
    with DAG("orders", schedule=None, default_args=default_args) as dag:
        prepare, clean = EmptyOperator(task_id="prepare").as_setup(), EmptyOperator(task_id="clean").as_teardown()
        extract = EmptyOperator(task_id="extract")
        with TaskGroup("mails"):
            tell = EmptyOperator(task_id="tell")
        prepare >> extract >> [EmptyOperator(task_id="load"), tell]
        extract >> clean
        prepare >> clean
    return dag


def test_the_summary_is_after_everything_and_a_teardown_that_does_not_count() -> None:
    dag = workflow()
    before = deciding_tasks(dag.tasks)
    summary = summary_task(dag)
    assert summary.upstream_task_ids == {"load", "mails.tell", "clean"}
    assert summary.is_teardown
    assert not summary.on_failure_fail_dagrun
    assert deciding_tasks(dag.tasks) == before == {"load", "mails.tell"}
    assert summary.task_group.is_root


def test_a_teardown_that_counts_decides_too() -> None:
    dag = workflow()
    dag.get_task("clean").on_failure_fail_dagrun = True
    summary_task(dag)
    assert deciding_tasks(dag.tasks) == {"load", "mails.tell", "clean"}


def test_a_setup_without_work_after_it_does_not_keep_the_summary_from_running() -> None:
    dag = workflow()
    EmptyOperator(task_id="alone", dag=dag).as_setup()
    assert "alone" not in summary_task(dag).upstream_task_ids


def test_what_a_workflow_sets_for_its_work_is_not_for_the_summary() -> None:
    summary = summary_task(
        workflow(
            depends_on_past=True,
            wait_for_downstream=True,
            retries=7,
            retry_delay=timedelta(hours=1),
            trigger_rule="one_failed",
            pool="warehouse",
            pool_slots=4,
            execution_timeout=timedelta(days=1),
            max_active_tis_per_dag=1,
            on_failure_callback=print,
            on_success_callback=print,
            queue="special",
        )
    )
    assert not summary.depends_on_past
    assert not summary.wait_for_downstream
    assert (summary.retries, summary.retry_delay) == (1, timedelta(seconds=10))
    assert summary.trigger_rule == "all_done_setup_success"
    assert (summary.pool, summary.pool_slots) == ("default_pool", 1)
    assert summary.execution_timeout == timedelta(minutes=2)
    assert summary.max_active_tis_per_dag is None
    assert not summary.on_failure_callback
    assert not summary.on_success_callback
    assert summary.queue == "special", "it runs where the work does"


def test_a_workflow_with_a_summary_of_its_own_is_told_so() -> None:
    dag = workflow()
    EmptyOperator(task_id="summary", dag=dag)
    with pytest.raises(UsageError, match="orders has a task summary of its own"):
        summary_task(dag)


def test_a_workflow_without_tasks_has_a_summary() -> None:
    assert not summary_task(DAG("empty", schedule=None)).upstream_task_ids
