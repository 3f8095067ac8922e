"""`BranchDateTimeOperator` and `BranchDayOfWeekOperator` on the date of the run; 2026-01-02 is a Friday."""

from datetime import datetime

from airflow.providers.standard.operators.datetime import BranchDateTimeOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.weekday import BranchDayOfWeekOperator
from airflow.sdk import dag


@dag
def branch_operators_of_dates():
    def end(name):
        return EmptyOperator(task_id=name)

    BranchDateTimeOperator(
        task_id="by_date",
        target_lower=datetime(2026, 1, 1),
        target_upper=datetime(2026, 2, 1),
        follow_task_ids_if_true="within",
        follow_task_ids_if_false="outside",
        use_task_logical_date=True,
    ) >> [end("within"), end("outside")]
    BranchDayOfWeekOperator(
        task_id="by_day",
        week_day="Friday",
        follow_task_ids_if_true="friday",
        follow_task_ids_if_false="other",
        use_task_logical_date=True,
    ) >> [end("friday"), end("other")]


branch_operators_of_dates()
