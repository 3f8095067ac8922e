"""Tasks that are tried again: until they succeed, until there are no tries left, and with longer and longer waits."""

from datetime import timedelta

from airflow.sdk import dag, task


@dag(default_args={"retry_delay": timedelta(hours=1)})
def retries():
    @task(retries=3)
    def flaky(ti):
        ti.xcom_push("try", ti.try_number)
        if ti.try_number < 3:
            raise ValueError(f"try {ti.try_number}")
        return "at last"

    @task(retries=1)
    def hopeless(ti):
        raise ValueError(f"try {ti.try_number} of {ti.max_tries + 1}")

    @task(retries=2, retry_exponential_backoff=True, max_retry_delay=timedelta(hours=2))
    def longer(ti):
        if ti.try_number < 3:
            raise ValueError
        return ti.try_number

    flaky() >> longer()
    hopeless()


retries()
