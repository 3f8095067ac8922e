from datetime import datetime, timedelta

from airflow.exceptions import AirflowFailException
from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule, dag, task
from airflow.sdk.exceptions import AirflowSkipException


def handle(context):
    try:
        exception = context["exception"]
    except KeyError:
        exception = None
    print(exception, context["ti"].xcom_pull(task_ids="late"))


@dag(schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False, default_args={"on_failure_callback": handle})
def ops_retrying():
    @task(
        retries=3,
        retry_policy=ExceptionRetryPolicy(
            rules=[
                RetryRule(exception=ValueError, action=RetryAction.FAIL),
                RetryRule(exception=OSError, action=RetryAction.RETRY, retry_delay=timedelta(seconds=5)),
            ]
        ),
    )
    def early(number: int | None = None):
        if number is None:
            raise AirflowSkipException
        if number < 0:
            raise AirflowFailException("negative")
        return number

    @task(trigger_rule="one_failed")
    def late(): ...

    early(1) >> late()


ops_retrying()
