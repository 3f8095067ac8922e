from airflow.sdk import dag, task
from lib.settings import START


@dag(schedule="@daily", start_date=START, catchup=False, params={"path": "/data"})
def taskflow_shell():
    @task.bash(env={"DAY": "{{ ds }}"}, append_env=True)
    def count(path: str) -> str:
        return f"wc -l {path}/{{{{ ds }}}}.csv"

    @task.bash
    def constant() -> str:
        return "echo {{ params.path }} {{ ti.xcom_pull(task_ids='count') }}"

    @task.sensor(poke_interval=30, timeout=600, mode="reschedule", soft_fail=True)
    def there(ds=None):
        from airflow.sdk import PokeReturnValue

        return PokeReturnValue(is_done=bool(ds), xcom_value="/data")

    @task.sensor
    def simple() -> bool:
        return True

    @task.run_if(lambda context: context["params"]["path"] == "/data")
    @task
    def sometimes():
        return 1

    @task.skip_if(lambda context: context["params"]["path"] != "/data", skip_message="elsewhere")
    @task.bash
    def never():
        return "true"

    count(there()) >> constant() >> simple() >> [sometimes(), never()]


taskflow_shell()
