"""What a task learns of the others of its run."""

from airflow.sdk import dag, task
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance


@dag
def states_of_other_tasks():
    @task
    def good():
        return 1

    @task
    def bad():
        raise ValueError

    @task
    def each(number):
        return number

    @task(trigger_rule="all_done")
    def summary(ti, dag_run):
        of = {"dag_id": dag_run.dag_id, "run_ids": [dag_run.run_id]}
        return {
            "failed": RuntimeTaskInstance.get_ti_count(**of, states=["failed"]),
            "done": RuntimeTaskInstance.get_ti_count(**of, states=["success"]),
            "states": RuntimeTaskInstance.get_task_states(**of, task_ids=["good", "bad"])[dag_run.run_id],
            "run": RuntimeTaskInstance.get_dagrun_state(dag_run.dag_id, dag_run.run_id),
            "crumbs": sorted(crumb["task_id"] for crumb in ti.get_task_breadcrumbs(dag_run.dag_id, dag_run.run_id)),
        }

    [good(), bad(), each.expand(number=[1, 2])] >> summary()


states_of_other_tasks()
