"""Names that mean something else where they are used."""

from datetime import datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import DAG, BaseHook, Variable, task
from lib.pools import ConnectionPool, ShopHook

NAMES = ["left", "right"]
for name in NAMES:
    pass
for conn_id in ("none_of_these", "nor_this"):
    pass
which = "nothing"
target = "no_task"


def choose_name(rows):
    match rows:
        case [which]:
            return which
        case {"target": target}:
            return target
    return next(name for name in NAMES)


with DAG("ops_shadows", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False):
    left, right = (EmptyOperator(task_id=f"make_{name}") for name in ("left", "right"))

    @task
    def pulls(ti=None):
        found = {name: ti.xcom_pull(task_ids=f"make_{name}") for name in NAMES}
        more = list(map(lambda name: ti.xcom_pull(task_ids=f"make_{name}"), NAMES))
        one = ti.xcom_pull(task_ids=[f"make_{name}" for name in NAMES])
        return [found, more, one]

    @task
    def hosts(names: list[str]):
        return [BaseHook.get_connection(conn_id).host for conn_id in names]

    @task
    def with_walrus(rows: list):
        if (name := rows[0]) is not None:
            return Variable.get(name, default=None)
        for name in rows:
            print(Variable.get(f"limit_{name}", default=None))
        for index, (name, which) in enumerate(rows):
            print(BaseHook.get_connection(which), index, name)
        try:
            raise ValueError
        except ValueError as target:
            print(target)
        with open("/tmp/x") as which:
            return which.read()

    @task.branch
    def branch(ti=None):
        target = choose_name([])
        targets = []
        targets.append("make_left")
        if ti.try_number:
            return targets
        prefix = "make"
        prefix = prefix + "_"
        chosen = "x"
        chosen = prefix + chosen.replace("x", "left")
        if target:
            return chosen
        return target

    @task
    def pools(region: str = "eu"):
        with ConnectionPool().get_connection("primary") as connection:
            print(connection)
        return [ShopHook(region=region).fetch(), ShopHook("us").fetch()]

    @task
    def sub_calls():
        def name(which):
            return which

        class Inner:
            which = "make_left"

            def pull(self, ti, name):
                return ti.xcom_pull(task_ids=name)

        return Inner().pull(None, name(Inner.which))

    first = branch()
    first >> [left, right] >> pulls() >> hosts(["warehouse"]) >> with_walrus(["a"]) >> pools() >> sub_calls()


def end_of(ti):
    target = "unset"
    if ti.try_number > 1:
        target = "again"
    elif ti.run_id:
        target = "usual"
    else:
        target = "usual"
    return target


with DAG("ops_late_choice", schedule=None, start_date=datetime(2025, 1, 1)):
    BranchPythonOperator(task_id="branch", python_callable=end_of) >> [
        EmptyOperator(task_id="again"),
        EmptyOperator(task_id="usual"),
    ]
