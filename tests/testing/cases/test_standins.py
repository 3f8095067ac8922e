import pytest

DAG = """
import json, smtplib, urllib.request
from email.message import EmailMessage
from pathlib import Path
from airflow.sdk import BaseHook, asset, dag, task

def send(connection, path, body=None):
    url = f"http://{connection.host.rpartition('//')[2]}:{connection.port}{path}"
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as response:
        return json.loads(response.read())

@dag(schedule=None)
def rates():
    @task
    def fetch():
        return send(BaseHook.get_connection("api"), "/v1/rates?day=2026-01-02")

    @task
    def write(rates):
        folder = Path(BaseHook.get_connection("landing").extra_dejson["path"])
        (folder / "out").mkdir()
        lines = ["currency,rate", *(f"{name},{rate}" for name, rate in rates.items())]
        (folder / "out" / "rates.csv").write_text("\\n".join(lines))
        send(BaseHook.get_connection("api"), "/v1/done", {"rows": len(rates), "id": 7})

    @task
    def mail():
        smtp = BaseHook.get_connection("post")
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@x.example", "b@x.example", "Rates are there"
        message.set_content("All is well.")
        with smtplib.SMTP(smtp.host, smtp.port) as server:
            server.send_message(message)

    write(fetch()) >> mail()

rates()
"""
TEST = """
given:
  connections:
    api: {type: http, routes: {GET /v1/rates: {eur: 1.1, usd: 1}, POST /v1/done: {ok: true}}}
    landing: {type: files, contents: {in/old.json: {json: {n: 1}}}}
    post: smtp
expect:
  tasks: {fetch: {output: {eur: 1.1, usd: 1}}}
  files:
    landing/out/rates.csv:
      rows: [{currency: eur, rate: 1.1}, {currency: usd, rate: 1}]
      checks: ["row_count = 2", "min(rate) >= 1", "duplicate_count(currency) = 0"]
      columns: {rate: number, currency: text}
      by: write
    landing/out/*: {count: COUNT}
    landing/in/old.json: {json: {n: 1}}
    landing/gone: {exists: false}
  requests:
    api:
      - {method: GET, path: /v1/rates, query: {day: 2026-01-02}, status: 200}
      - {method: POST, path: /v1/done, json: {rows: ROWS}, headers: {content-type: "*json*"}}
  mails:
    post: [{to: b@x.example, subject: Rates *, text: "*well*"}]
"""


def test_what_is_behind_connections_is_what_a_case_expects(workspace: pytest.Pytester) -> None:
    (workspace.path / "dags" / "rates.py").write_text(DAG)
    folder = workspace.path / "tests" / "functional"
    (folder / "rates.good.yaml").write_text(TEST.replace("COUNT", "1").replace("ROWS", "2"))
    (folder / "rates.bad.yaml").write_text(TEST.replace("COUNT", "2").replace("ROWS", "3"))
    done = workspace.runpytest()
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(
        [
            "tests/functional/rates.bad.yaml:2: rates: run",
            "files.landing/out/*.count:",
            "    expected  2",
            "    came      1",
            "requests.api[[]1].json.rows:",
            "    expected  3",
            "    came      2",
            "rates: 3 tasks, 3 verified",
        ]
    )
