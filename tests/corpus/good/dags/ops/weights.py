from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, TaskGroup, TriggerRule, WeightRule, chain_linear

STEPS = [("fetch", 10, "api"), ("load", 5, "warehouse"), ("index", 1, "default_pool")]

with DAG(
    dag_id="ops.weights-and.queues",
    dag_display_name="Weights & queues",
    schedule="*/15 * * * *",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    max_active_tasks=4,
    max_consecutive_failed_dag_runs=3,
    is_paused_upon_creation=True,
    fail_fast=False,
    render_template_as_native_obj=True,
    default_args={"email": ["x@company.org"], "weight_rule": WeightRule.ABSOLUTE},
) as dag:
    tasks = []
    for name, weight, pool in STEPS:
        tasks.append(
            BashOperator(
                task_id=f"{name}.step",
                bash_command="echo $STEP",
                env={"STEP": name},
                priority_weight=weight,
                pool=pool,
                queue="bulk" if weight > 5 else None,
                task_display_name=name.title(),
                max_active_tis_per_dag=1,
                doc_md=f"## {name}",
                executor_config={"pod_override": None},
                trigger_rule=TriggerRule.ALL_SUCCESS,
                wait_for_downstream=False,
                execution_timeout=timedelta(minutes=3),
                skip_on_exit_code=[99, 100],
            )
        )
    with TaskGroup("ends") as ends:
        EmptyOperator(task_id="end")
    chain_linear(*tasks, ends)
    dag.doc_md = "changed after its body"

dag.get_task("fetch.step").doc = "found by its id"
for leaf in dag.leaves:
    leaf.retries = 1
