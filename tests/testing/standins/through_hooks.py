"""A program that reaches each stand-in through the hook of its provider, and prints what came of it."""

import json
from collections.abc import Callable

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.providers.slack.hooks.slack import SlackHook
from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook
from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.hooks.filesystem import FSHook
from airflow.sdk import BaseHook


def _sql(hook: PostgresHook | SqliteHook) -> list[list[int]]:
    hook.run("insert into t values (2)")
    hook.insert_rows("t", [(3,)])
    return [list(row) for row in hook.get_records("select n from t order by n")]


def _pandas(hook: PostgresHook) -> list[int]:
    return list(hook.get_df("select n from t order by n")["n"].tolist())


def _s3() -> list[object]:
    hook = S3Hook("s3")
    hook.load_string("written", "out/x", bucket_name="raw")
    return [hook.read_key("in/a", "raw"), sorted(hook.list_keys("raw")), hook.check_for_key("none", "raw")]


def _smtp() -> None:
    with SmtpHook("smtp") as hook:
        hook.send_email_smtp(to="b@example.com", subject="Done", html_content="<b>hi</b>")


def _duckdb() -> list[tuple[int]]:
    import duckdb  # noqa: PLC0415 - no provider brings a hook: as a workflow does it

    with duckdb.connect(BaseHook.get_connection("duckdb").host) as connection:
        return connection.execute("insert into t values (2); select n from t order by n").fetchall()


STEPS: dict[str, Callable[[], object]] = {
    "postgres": lambda: _sql(PostgresHook("postgres")),
    "pandas": lambda: _pandas(PostgresHook("postgres")),
    "sqlite": lambda: _sql(SqliteHook("sqlite")),
    "duckdb": _duckdb,
    "s3": _s3,
    "http": lambda: HttpHook("GET", http_conn_id="http").run("v1/rates").json(),
    "smtp": _smtp,
    "slack": lambda: SlackWebhookHook(slack_webhook_conn_id="slack").send_text("hello").body,
    "bot": lambda: SlackHook(slack_conn_id="bot").call("chat.postMessage", json={"channel": "#a", "text": "hi"})["ok"],
    "files": lambda: FSHook("files").get_path(),
}

if __name__ == "__main__":
    print("said:" + json.dumps({name: step() for name, step in STEPS.items()}))  # noqa: T201 - what its parent reads
