from airflow.sdk import DAG, BaseHook, BaseOperator


class Load(BaseOperator):
    source = "warehaus"

    def execute(self, context):
        return self._host()

    def _host(self):
        return BaseHook.get_connection(self.source).host  # expect: missing-connection


with DAG("connection_of_a_class"):
    Load(task_id="load")
