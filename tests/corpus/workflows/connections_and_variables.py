"""What is given for connections and variables, by hooks, in code and in templates; what is not there."""

from airflow.sdk import BaseHook, Connection, Variable, dag, task
from airflow.sdk.exceptions import AirflowNotFoundException


@dag
def connections_and_variables():
    @task
    def connections():
        dwh = BaseHook.get_connection("dwh")
        api = Connection.get("api")
        return [dwh.host, dwh.port, dwh.extra_dejson, api.get_uri()]

    @task
    def variables():
        return [Variable.get("limit"), Variable.get("settings", deserialize_json=True), Variable.get("no", default=None)]

    @task
    def not_there():
        try:
            BaseHook.get_connection("nothing")
        except AirflowNotFoundException:
            return "nothing"

    @task
    def variable_not_there():
        return Variable.get("nothing")

    @task
    def sets():
        Variable.set("own", "value")
        return Variable.get("own")

    connections(), variables(), not_there(), variable_not_there(), sets()


connections_and_variables()
