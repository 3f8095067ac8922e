"""A mail from a template file, and callbacks from a dictionary."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.providers.smtp.operators.smtp import EmailOperator
from airflow.sdk import DAG, BaseOperator, Variable
from lib.notifiers.chat import on_miss

CALLBACKS = {
    "on_failure_callback": partial(on_miss, room="finance"),
    "on_success_callback": SmtpNotifier(
        to="{{ var.value.alert_recipients.split(',') }}",
        subject="{{ dag.dag_id }} of {{ ds }}",
        html_content="{% for ti in dag_run.get_task_instances() %}{{ ti.task_id }}{% endfor %}",
        smtp_conn_id="mail",
        from_email="airflow@company.org",
    ),
}


class RenderOperator(BaseOperator):
    template_fields = ("text", "items", "path")
    template_ext = (".txt.j2",)

    def __init__(self, text, items=(), path: Path | None = None, **kwargs):
        super().__init__(**kwargs)
        self.text = text
        self.items = items
        self.path = path

    def execute(self, context):
        recipients = Variable.get("alert_recipients")
        return {"text": self.text, "to": recipients, "items": [str(item) for item in self.items]}


with DAG(
    "templates_report",
    schedule="@daily",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    default_args=CALLBACKS,
    user_defined_macros={"people": lambda: ["a", "b"]},
):
    render = RenderOperator(task_id="render", text="report.txt.j2", items=["{{ ds }}", 3, Path("x")])
    mail = EmailOperator(
        task_id="mail",
        conn_id="mail",
        to=["x@company.org"],
        subject="{{ ti.xcom_pull(task_ids='render')['text'] | truncate(20) }}",
        html_content="{{ task_instance.xcom_pull('render').items | join('<br>') }}",
        files=["/data/{{ ds }}.csv"],
    )
    render >> mail
