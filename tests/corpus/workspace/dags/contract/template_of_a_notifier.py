from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG(
    "template_of_a_notifier",
    on_failure_callback=SmtpNotifier(
        to="team@company.org",
        subject="{{ dag_id }} failed",  # expect: template-name
        smtp_conn_id="warehouse",
        from_email="airflow@company.org",
        html_content="failed",
    ),
):
    EmptyOperator(task_id="load")
