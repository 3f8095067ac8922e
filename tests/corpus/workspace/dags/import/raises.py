from airflow.sdk import dag, task


def settings():
    return {}["table"]  # expect: import-error


@dag
def raises():
    @task
    def work():
        return table

    work()


table = settings()
raises()
