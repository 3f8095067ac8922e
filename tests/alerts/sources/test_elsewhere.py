"""`airside alerts watch --env`: a process of its own, with the settings alone, beside an Airflow elsewhere."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from airflow_api import PASSWORDS, READER, AirflowApi
from receiver import Receiver, receiving
from sealed import make_identity, seal
from secret_shipping import apply_documents
from shipping import deploy

from airside.base import clock
from airside.base.errors import PlatformError
from airside.cli.main import run
from airside.platform.alerts import START_SECONDS, watched_elsewhere
from airside.platform.api import AirflowClient, ServedWorkflow
from airside.platform.ports import free_port
from airside.store.folder import FolderStore
from airside.store.probe import require_capable

pytestmark = pytest.mark.xdist_group("airflow-api")

SETTINGS = """\
[workspace]
name = "sales-flows"
[alerting]
interval = 0.5
[environments.production]
airflow = "https://airflow.example.com/"
[[alerts]]
channels = ["slack"]
"""


class Elsewhere:
    """A folder as it is beside an Airflow elsewhere: its settings, the key of its environment, no workflows.

    Args:
        root: Its path has a space and letters beyond ASCII.
        receiver: What its channel leads to.
    """

    def __init__(self, root: Path, receiver: Receiver) -> None:
        self.root, self.state, self.password = root, root / "state", root / "password"
        root.mkdir()
        (root / "airside.toml").write_text(SETTINGS)
        identity = make_identity()
        self.key = identity.write(root / "keys.txt")
        self.store = root / "store"
        store = FolderStore(self.store)
        require_capable(store, now=clock.now())
        text = json.dumps({"connections": receiver.connections()})
        apply_documents(store, {"production": seal(text, identity)})

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        variables = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.root),
            "SOPS_AGE_KEY_FILE": str(self.key),
            "AIRSIDE_AIRFLOW_USERNAME": READER,
            "AIRSIDE_AIRFLOW_PASSWORD_FILE": str(self.password),
        }
        words = ["-C", str(self.root), "--json", "alerts", "watch", "--env", "production", "--state", str(self.state)]
        words += ["--store", str(self.store)]
        command = [sys.executable, "-m", "airside", *words, *arguments]
        with (self.root / "lines").open("ab") as lines:
            return subprocess.Popen(command, env=variables, cwd="/", stderr=lines, text=True)

    @property
    def lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in (self.root / "lines").read_text().splitlines()]

    def said(self, event: str) -> list[dict[str, str]]:
        return [line for line in self.lines if line["event"] == event]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def elsewhere(tmp_path: Path, receiver: Receiver) -> Elsewhere:
    return Elsewhere(tmp_path / "flüge & Züge %d", receiver)


def until(seen: Callable[[], object], seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < ends
        time.sleep(0.1)


def test_it_waits_for_its_password_tells_what_breaks_and_ends_well(
    api: AirflowApi, elsewhere: Elsewhere, receiver: Receiver
) -> None:
    process = elsewhere.start("--airflow", f"{api.url}/")
    try:
        until(lambda: elsewhere.said("source-failing"))
        assert "No such file or directory" in elsewhere.said("source-failing")[0]["reason"]
        elsewhere.password.write_text(f"{PASSWORDS[READER]}\n")
        until(lambda: {line["source"] for line in elsewhere.said("source-answers")} >= {"airflow", "summaries"})
        api.do("run", "orders", "one")
        api.fail("orders", "one")
        until(lambda: receiver.on("slack"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
    (told,) = receiver.on("slack")
    assert "orders" in told.text
    assert "production" in told.text
    assert "https://airflow.example.com/dags/orders/runs/one" in told.text
    assert PASSWORDS[READER] not in str(elsewhere.lines)
    assert sorted(path.name for path in elsewhere.root.iterdir() if path.is_dir()) == ["state", "store"]


def test_an_airflow_that_is_not_there_yet_is_waited_for(elsewhere: Elsewhere) -> None:
    elsewhere.password.write_text("x")
    process = elsewhere.start("--airflow", f"http://127.0.0.1:{free_port(29600)}")
    try:
        until(lambda: {line["source"] for line in elsewhere.said("source-failing")} >= {"airflow", "summaries"})
        assert "does not answer" in elsewhere.said("source-failing")[0]["reason"]
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--env", "production", "--airflow", "airflow.example.com"), "'airflow.example.com' is no address"),
        (("--env", "prodction"), "declares no environment 'prodction'"),
        (("--env", "preprod"), "Which Airflow serves 'preprod' is not said"),
        (("--env", "production", "--env", "staging"), "One watcher watches one Airflow, and these are 2"),
        (("--env", "production", "--option", "region"), "--option region has no value"),
        (("--env", "production"), "The Airflow of 'production', https://airflow.example.com, asks who you are"),
        (("--airflow", "https://airflow.example.com"), "and none is named"),
    ],
)
def test_what_cannot_be_watched_ends_it_at_once(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: Sequence[str],
    said: str,
) -> None:
    for name in ("USERNAME", "PASSWORD", "PASSWORD_FILE", "TOKEN"):
        monkeypatch.delenv(f"AIRSIDE_AIRFLOW_{name}", raising=False)
    more = '[environments.preprod]\n[environments.staging]\nairflow = "https://staging.example.com"\n'
    (tmp_path / "airside.toml").write_text(SETTINGS.replace("[[alerts]]", f"{more}[[alerts]]"))
    assert run(["-C", str(tmp_path), "alerts", "watch", *arguments]) == 2
    assert said in capfd.readouterr().err
    assert not (tmp_path / ".airside").exists()


def test_an_airflow_that_never_answered_has_some_minutes_before_it_is_not_served(tmp_path: Path) -> None:
    now, up = [0.0], [False]
    store = FolderStore(tmp_path)
    tree = deploy(store, {"dags/orders.py": "…"}).tree

    class Airflow(AirflowClient):
        def workflows(self, bundle: str) -> "list[ServedWorkflow]":
            if not up[0]:
                raise PlatformError(f"nothing serves {bundle}")
            return [ServedWorkflow("orders", "dags/orders.py", tree, "token")]

    watched = watched_elsewhere(lambda: Airflow("http://localhost:1"), ["production"], store, lambda: now[0])
    assert watched.fault("production") is None
    now[0] = START_SECONDS + 1
    assert watched.fault("production") == "nothing serves production"
    up[0] = True
    assert watched.fault("production") is None
    up[0] = False
    assert watched.fault("production") == "nothing serves production"
