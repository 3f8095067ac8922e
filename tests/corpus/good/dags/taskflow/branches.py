from __future__ import annotations

from airflow.providers.standard.operators.branch import BranchMixIn  # noqa: F401
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, ShortCircuitOperator
from airflow.providers.standard.operators.weekday import BranchDayOfWeekOperator
from airflow.sdk import DAG, Label, TriggerRule, task, task_group
from lib.operators.branching import BranchByWeekday
from lib.settings import START

WAYS = {"small": "load_small", "large": "load_large"}
DEFAULT = "load_small"


def pick(size: int, **context) -> str | list[str]:
    if context["params"]["both"]:
        return list(WAYS.values())
    if size > 100:
        return WAYS["large"]
    return DEFAULT


with DAG("taskflow_branches", schedule="@daily", start_date=START, catchup=False, params={"both": False}):

    @task.branch
    def choose(ti=None):
        if ti.try_number > 3:
            return None
        return ["group.first", "plain"] if ti.try_number > 1 else "group"

    @task_group
    def group():
        @task
        def first():
            return 1

        @task(trigger_rule="none_failed")
        def second(value):
            return value

        second(first())

    @task.short_circuit(ignore_downstream_trigger_rules=False)
    def go_on(ds=None) -> bool:
        return ds is not None

    @task.branch(task_id="dynamic")
    def dynamic(ds=None):
        return f"day_{ds[-1]}"

    plain = EmptyOperator(task_id="plain")
    classic = BranchPythonOperator(task_id="classic", python_callable=pick, op_kwargs={"size": 10})
    small, large = (EmptyOperator(task_id=name) for name in WAYS.values())
    join = EmptyOperator(task_id="join", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
    days = [EmptyOperator(task_id=f"day_{number}") for number in range(10)]
    monday = BranchDayOfWeekOperator(
        task_id="monday",
        follow_task_ids_if_true="on_monday",
        follow_task_ids_if_false=["on_others"],
        week_day={"Monday"},
        use_task_logical_date=True,
    )
    own = BranchByWeekday(task_id="own", on_monday="own_monday", otherwise=["own_other"])
    stop = ShortCircuitOperator(task_id="stop", python_callable=lambda: True)

    go_on() >> choose() >> [group(), plain]
    plain >> classic
    classic >> Label("few") >> small >> join
    classic >> Label("many") >> large >> join
    dynamic() >> days
    monday >> [EmptyOperator(task_id="on_monday"), EmptyOperator(task_id="on_others")]
    own >> [EmptyOperator(task_id="own_monday"), EmptyOperator(task_id="own_other")]
    join >> stop >> own
