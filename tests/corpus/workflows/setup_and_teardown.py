"""A setup, work and a teardown: all well, the setup fails, the work fails, the teardown fails."""

from airflow.sdk import dag, setup, task, teardown


@dag(params={"fails": ""})
def setup_and_teardown():
    def maybe(name, params):
        if params["fails"] == name:
            raise ValueError(name)
        return name

    @setup
    def make(params):
        return maybe("make", params)

    @task
    def work(params):
        return maybe("work", params)

    @task
    def more():
        return "more"

    @teardown
    def clean(params):
        return maybe("clean", params)

    with clean().as_teardown(setups=make()):
        work() >> more()


setup_and_teardown()
