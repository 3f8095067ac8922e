from __future__ import annotations

from datetime import timedelta

import pendulum

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor
from airflow.sdk import DAG, TriggerRule

from dags.finance.shared import months_back, owner

with DAG(
    dag_id="month_close",
    schedule="0 6 1 * *",
    start_date=pendulum.datetime(2025, 1, 1, tz=pendulum.timezone("Europe/Berlin")),
    end_date=pendulum.datetime(2035, 1, 1, tz="Europe/Berlin"),
    catchup=False,
    default_args={"owner": owner(), "depends_on_past": True},
    user_defined_macros={"months_back": months_back, "company": "ACME"},
    user_defined_filters={"cents": lambda amount: int(amount * 100)},
    tags=["finance"],
) as dag:
    wait_invoices = ExternalTaskSensor(
        task_id="wait_invoices",
        external_dag_id="invoices",
        external_task_id="merge",
        execution_delta=timedelta(hours=1, minutes=30),
        allowed_states=["success"],
        failed_states=["failed", "skipped"],
        mode="reschedule",
        timeout=60 * 60,
    )
    wait_group = ExternalTaskSensor(
        task_id="wait_group",
        external_dag_id="factory_ingest",
        external_task_group_id="load_orders",
        execution_date_fn=lambda moment: moment.subtract(hours=6),
        deferrable=True,
    )
    wait_other = ExternalTaskSensor(task_id="wait_other", external_dag_id="billing_close", external_task_ids=["a", "b"])
    tell = TriggerDagRunOperator(
        task_id="tell",
        trigger_dag_id="{{ dag_run.conf.get('next', 'reporting') }}",
        conf={"month": "{{ months_back(ds, 1) }}", "who": "{{ company }}", "value": "{{ 1.5 | cents }}"},
        trigger_run_id="close__{{ ts_nodash }}",
        logical_date="{{ logical_date }}",
        wait_for_completion=True,
        poke_interval=30,
        reset_dag_run=True,
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
    )
    go = TriggerDagRunOperator.partial(task_id="go", wait_for_completion=False).expand(
        trigger_dag_id=["reporting", "shop_eu", "prices_us"]
    )
    mark = ExternalTaskMarker(task_id="mark", external_dag_id="reporting", external_task_id="report")
    [wait_invoices, wait_group, wait_other] >> tell >> go >> mark
