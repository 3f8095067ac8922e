"""Messages as alerts send them, for tests of channels."""

from dataclasses import replace

from airside.alerts.event import Event, Kind
from airside.alerts.incident import Notice, State
from airside.alerts.storm import Digest
from airside.secrets.values import Connection

NOON = 1_795_262_400.0
"""2026-11-21 12:00 UTC."""

FAILED = Event(
    Kind.TASK_FAILED,
    "production",
    NOON,
    subject="sales_daily",
    task="load[3]",
    run="scheduled__2026-11-21T00:00:00+00:00",
    error="ValueError: <rows> & columns differ: `expected` *12*, found 11",
    attempt=3,
    owner="ann",
    team="sales",
    release="20261121-1",
    commit="1a2b3c4 by Ann Author",
    links={
        "run": "https://airflow.example.com/dags/sales_daily/runs/scheduled__2026-11-21T00%3A00%3A00%2B00%3A00",
        "log": "https://airflow.example.com/dags/sales_daily/runs/1/tasks/load/mapped/3?try_number=3&full=true",
        "runbook": "https://docs.example.com/runbooks/sales_daily",
    },
)
BROKEN = Notice("airside/production/sales_daily", State.BROKEN, FAILED, NOON)
WELL = replace(FAILED, kind=Kind.RUN_RECOVERED, at=NOON + 7500, task=None, error=None, attempt=None)
RECOVERED = Notice(BROKEN.key, State.RECOVERED, WELL, NOON, failures=4)
DEPLOYED = Notice(
    "airside/production/deployed/1",
    State.NEWS,
    Event(Kind.DEPLOYED, "production", NOON, release="20261121-1", commit="1a2b3c4 by Ann Author"),
    NOON,
)
BARE = Notice("airside/dev", State.BROKEN, Event(Kind.NOT_SERVED, "dev", NOON), NOON)

STORM = Digest(
    (
        *(
            Notice(
                f"airside/production/orders/load_{n}",
                State.BROKEN,
                replace(FAILED, subject="orders", task=f"load_{n}"),
                NOON,
            )
            for n in range(11)
        ),
        replace(RECOVERED, key="airside/production/sales_daily/load"),
    ),
    "airside/production/~digest",
    State.BROKEN,
    resolves=("airside/production/sales_daily/load",),
)
CALM = Digest((replace(RECOVERED, key="airside/production/orders/load_1"),), STORM.key, State.RECOVERED)

SLACK_TOKEN = "xoxb-not-a-real-token"
ROUTING_KEY = "R0000000000000000000000000000000"


def connections(url: str) -> dict[str, Connection]:
    """Return a connection of each kind whose server listens at `url`."""
    return {
        "slackwebhook": Connection("team-hook", conn_type="slackwebhook", password=f"{url}/services/T0/B0/secret-part"),
        "slack": Connection(
            "team-slack",
            conn_type="slack",
            password=SLACK_TOKEN,
            extra=f'{{"channel": "#data", "base_url": "{url}/api/"}}',
        ),
        "msteams": Connection("team-teams", conn_type="msteams", password=f"{url}/workflows/1?sig=secret-part"),
        "pagerduty": Connection(
            "on-call", conn_type="pagerduty", password=ROUTING_KEY, extra=f'{{"url": "{url}/v2/enqueue"}}'
        ),
        "alertmanager": Connection("am", conn_type="alertmanager", host=url),
        "https": Connection(
            "hook",
            conn_type="https",
            host=f"{url}/in",
            password="secret-part",
            extra='{"headers": {"X-From": "airside"}}',
        ),
    }


def mail_connection(port: int, **extra: str) -> Connection:
    """Return the connection of a mail server on this machine, without TLS."""
    pairs = {"to": "Ann <ann@example.com>, ops@example.com", "from": "Airside <airside@example.com>", **extra}
    pairs.setdefault("disable_tls", "true")
    text = ", ".join(f'"{key}": "{value}"' for key, value in pairs.items())
    return Connection("team-mail", conn_type="smtp", host="127.0.0.1", port=port, extra=f"{{{text}}}")
