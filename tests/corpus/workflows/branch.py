"""A branch, the task where both ways meet, and a branch that chooses nothing."""

from airflow.sdk import dag, task


@dag(params={"way": "left"})
def branch():
    @task.branch
    def choose(params):
        return params["way"]

    @task
    def left():
        return "l"

    @task
    def right():
        return "r"

    @task
    def below_right():
        return "b"

    @task(trigger_rule="none_failed_min_one_success")
    def meet():
        return "met"

    ends = left(), right()
    choose() >> list(ends) >> meet()
    ends[1] >> below_right()


branch()
