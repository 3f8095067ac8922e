"""Templates: dates, macros, params, variables, connections, files, nested fields, and macros of the DAG's own."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import BaseOperator, dag


class Fields(BaseOperator):
    template_fields = ("text", "nested", "path")
    template_ext = (".sql",)

    def __init__(self, text, nested, path=None, **kwargs):
        super().__init__(**kwargs)
        self.text, self.nested, self.path = text, nested, path

    def execute(self, context):
        return [self.text, self.nested, self.path]


@dag(
    params={"n": 2},
    user_defined_macros={"twice": lambda n: n * 2},
    user_defined_filters={"shout": lambda text: text.upper() + "!"},
    template_searchpath=__file__.rpartition("/")[0] + "/templates",
    render_template_as_native_obj=False,
)
def templates():
    Fields(
        task_id="dates",
        text="{{ ds }} {{ ds_nodash }} {{ logical_date.year }} {{ macros.ds_add(ds, 1) }} {{ ti.task_id }}",
        nested={"start": "{{ data_interval_start | ds }}", "list": ["{{ run_id }}", 1, ("{{ dag.dag_id }}",)]},
    )
    Fields(
        task_id="given",
        text="{{ var.value.limit }} {{ var.json.settings.a }} {{ conn.dwh.host }} {{ params.n }}",
        nested="{{ twice(params.n) }} {{ 'a' | shout }}",
        path="query.sql",
    )
    BashOperator(task_id="shell", bash_command="echo {{ task_instance_key_str.split('__')[1] }}")


templates()
