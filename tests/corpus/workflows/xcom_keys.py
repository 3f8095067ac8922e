"""Values of one mapped instance, of all of them, and of a task that comes later."""

from airflow.sdk import dag, task


@dag
def xcom_keys():
    @task
    def each(number, ti):
        ti.xcom_push("square", number * number)
        return number

    @task
    def pulls(ti):
        return {
            "one": ti.xcom_pull(task_ids="each", map_indexes=1),
            "some": list(ti.xcom_pull(task_ids="each", map_indexes=[0, 2], key="square")),
            "all": list(ti.xcom_pull(task_ids="each", key="square")),
            "later": ti.xcom_pull(task_ids="later"),
        }

    @task
    def later():
        return "later"

    each.expand(number=[1, 2, 3]) >> pulls() >> later()


xcom_keys()
