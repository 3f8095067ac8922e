from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import dag, task, task_group
from lib.settings import START


@dag(schedule="@daily", start_date=START, catchup=False)
def taskflow_mapped():
    @task
    def files(ds=None) -> list[str]:
        return [f"{ds}/a.csv", f"{ds}/b.csv"]

    @task
    def sizes() -> list[int]:
        return [1, 2]

    @task(map_index_template="{{ file_name }}")
    def read(path: str, mode: str, encoding: str = "utf-8") -> dict:
        from airflow.sdk import get_current_context

        get_current_context()["file_name"] = path
        return {"path": path, "mode": mode, "encoding": encoding}

    @task
    def pair(both, factor=1):
        name, size = both
        return name * size * factor

    @task
    def total(found: list[dict]) -> int:
        return len(list(found))

    @task
    def some(ti=None) -> list:
        return [ti.xcom_pull(task_ids="read", map_indexes=[0, 1]), ti.xcom_pull(task_ids=["read"], map_indexes=0)]

    @task_group
    def one(path: str, label: str):
        @task
        def check(path: str) -> str:
            return path

        @task
        def load(path: str, label: str, ti=None) -> int:
            print(ti.xcom_pull(task_ids="one.check", map_indexes=ti.map_index), label)
            return len(path)

        return load(check(path), label)

    paths = files()
    rows = read.partial(mode="r").expand(path=paths)
    pairs = pair.partial(factor=2).expand(both=paths.zip(sizes()))
    upper = read.partial(mode="rb").expand(path=paths.map(lambda path: path.upper()))
    kwargs = read.expand_kwargs([{"path": "x", "mode": "r"}, {"path": "y", "mode": "r", "encoding": "ascii"}])
    loaded = one.partial(label="x").expand(path=paths.concat(files.override(task_id="more_files")()))
    shell = BashOperator.partial(task_id="shell", env={"DAY": "{{ ds }}"}).expand(
        bash_command=["echo {{ ds }}", "echo {{ ti.map_index }}"]
    )
    classic = PythonOperator.partial(task_id="classic", python_callable=lambda x, y=0, **context: x + y).expand(
        op_kwargs=[{"x": 1}, {"x": 2, "y": 3}]
    )
    by_args = PythonOperator.partial(task_id="by_args", python_callable=print).expand(op_args=[[1], [2, 3]])
    total(rows) >> [pairs, upper, kwargs, shell, classic, by_args]
    total.override(task_id="total_of_groups")(loaded)
    rows >> some()


taskflow_mapped()
