"""All callbacks of tasks and of the DAG; one of them fails itself."""

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowSkipException


def started(context):
    print("started", context["ti"].task_id)


def succeeded(context):
    print("succeeded")


def failed(context):
    print("failed with", context["exception"])


def again(context):
    raise RuntimeError("a callback that fails")


def skipped(context):
    print("skipped")


def run_failed(context):
    print(context["reason"])


def run_succeeded(context):
    print("never")


@dag(
    default_args={
        "on_execute_callback": started,
        "on_success_callback": succeeded,
        "on_failure_callback": [failed],
        "on_retry_callback": again,
        "on_skipped_callback": skipped,
    },
    on_failure_callback=run_failed,
    on_success_callback=run_succeeded,
)
def callbacks():
    @task
    def good():
        return "good"

    @task(retries=1)
    def bad():
        raise ValueError("bad")

    @task
    def skips():
        raise AirflowSkipException

    good(), bad(), skips()


callbacks()
