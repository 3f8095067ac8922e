"""A param without a value, which only whoever triggers the run can give."""

from airflow.sdk import Param, dag, task


@dag(params={"must": Param(type="string")})
def params_that_are_missing():
    @task(retries=1)
    def work(params):
        return params["must"]

    work()


params_that_are_missing()
