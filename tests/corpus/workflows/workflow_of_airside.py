"""`@workflow`: checks before, a summary after."""

from airside import checks, report, workflow

from airflow.sdk import task


@workflow(checks=[checks.free_space("/", at_least=1)], params={"fails": False})
def workflow_of_airside():
    @task
    def extract():
        report(rows=2)
        return [1, 2]

    @task
    def load(rows, params):
        if params["fails"]:
            raise ValueError("no")
        return len(rows)

    load(extract())


workflow_of_airside()
