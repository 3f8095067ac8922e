"""Each trigger rule under a success, a failure, a skipped task and one of each."""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowSkipException

RULES = sorted(rule.value for rule in TriggerRule if rule.value not in {"all_done_setup_success"})


@dag
def trigger_rules():
    @task
    def good():
        return "good"

    @task
    def bad():
        raise ValueError("bad")

    @task
    def skipped():
        raise AirflowSkipException

    ends = {"good": good(), "bad": bad(), "skipped": skipped()}
    for rule in RULES:
        for name, above in (*ends.items(), ("all", list(ends.values()))):
            below = EmptyOperator(task_id=f"{rule}__{name}", trigger_rule=rule)
            below.set_upstream(above)


trigger_rules()
