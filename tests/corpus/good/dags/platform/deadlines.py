from datetime import timedelta

from airflow.providers.smtp.notifications.smtp import SmtpNotifier, send_smtp_notification
from airflow.providers.smtp.operators.smtp import EmailOperator
from airflow.sdk import DAG, AsyncCallback, DeadlineAlert, DeadlineReference, task
from lib.settings import START
from lib.notifiers.chat import ChatNotifier, Escalation, on_miss
from functools import partial


async def late(**kwargs):
    print(kwargs)


with DAG(
    "platform_deadlines",
    schedule="@daily",
    start_date=START,
    catchup=False,
    deadline=DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=1),
        callback=AsyncCallback(late, kwargs={"text": "late"}),
    ),
    on_failure_callback=[partial(on_miss, room="ops"), Escalation(1).told, lambda context: print(context["run_id"])],
    default_args={
        "on_retry_callback": SmtpNotifier(to="{{ var.value.alert_recipients }}", subject="{{ ti.task_id }} again"),
        "on_success_callback": send_smtp_notification(to="a@company.org", from_email="b@company.org", subject="{{ ds }}", html_content="x", smtp_conn_id="mail"),
    },
):
    mail = EmailOperator(
        task_id="mail", to=["a@company.org"], subject="{{ dag.dag_id }} {{ ds }}", html_content="<b>{{ run_id }}</b>", conn_id="mail"
    )

    @task(on_execute_callback=lambda context: None, on_skipped_callback=[ChatNotifier("{{ ti.task_id }} skipped")])
    def work(): ...

    mail >> work()
