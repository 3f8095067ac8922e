import json
from datetime import datetime

from airflow.sdk import BaseHook, dag, task
from lib.settings import START  # noqa: F401

TIMEOUT = (3, 30)
HEADERS = {"Accept": "application/json", "X-Api-Version": "2"}
URL = "https://{host}/v1/orders?since={since}"


class HttpHook(BaseHook):
    conn_name_attr = "http_conn_id"
    default_conn_name = "shop_eu"

    def __init__(self, method="GET", http_conn_id=default_conn_name):
        super().__init__()
        self.method = method
        self.http_conn_id = http_conn_id

    def run(self, path, **options):
        import requests

        connection = self.get_connection(self.http_conn_id)
        return requests.request(self.method, f"{connection.host}/{path}", timeout=TIMEOUT, headers=HEADERS, **options)


@dag(schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False)
def email_and_http():
    @task(retries=5, retry_exponential_backoff=True)
    def fetch(data_interval_start=None, data_interval_end=None):
        found = HttpHook("POST", http_conn_id="shop_us").run("orders", json={"since": str(data_interval_start)})
        other = HttpHook("POST").run("orders")
        return json.loads(found.text) + json.loads(other.text)

    @task
    def mail(rows: list):
        from airflow.providers.smtp.hooks.smtp import SmtpHook
        from airflow.sdk import Variable

        with SmtpHook(smtp_conn_id="mail") as hook:
            hook.send_email_smtp(to=Variable.get("alert_recipients"), subject="x", html_content=str(len(rows)))

    mail(fetch())


email_and_http()
