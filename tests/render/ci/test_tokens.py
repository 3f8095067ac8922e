"""A token of the job becomes access to the store: the scripts, and what stores make of the variables that they set."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from obstore.store import GCSStore
from pipelines import AWS, GCP, rendered, scripts_of

from airside.base.errors import StoreUnavailableError
from airside.cli import environ
from airside.store.opening import open_store

# It answers as Google's two services do, and keeps what it was asked.
CURL = """\
#!/usr/bin/env python3
import json, pathlib, sys
given = sys.stdin.read()
with pathlib.Path(__file__).with_name("asked").open("a") as asked:
    asked.write(json.dumps([sys.argv[1:], given]) + "\\n")
print(json.dumps({"accessToken": "of the account"} if given.startswith("header") else {"access_token": "federated"}))
"""
TOKENS = {"gitlab": "AIRSIDE_ID_TOKEN", "circleci": "CIRCLE_OIDC_TOKEN_V2"}


def _ended(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    told = {"PATH": f"{folder}:{environ.variables()['PATH']}", "TMPDIR": str(folder), **variables}
    command = ["bash", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=told, capture_output=True, text=True, check=False, timeout=60)


def _prelude(service: str, settings: str) -> str:
    """Return the script of a plan, up to the first command of Airside."""
    [text] = rendered(service, settings).values()
    [plan] = [script for name, script in scripts_of(service, text).items() if name.lower() == "plan"]
    return plan[: plan.index("uvx ")]


@pytest.mark.parametrize("service", TOKENS)
def test_the_token_is_in_a_file_that_nobody_else_reads(service: str, tmp_path: Path) -> None:
    show = 'stat -c %a "$AWS_WEB_IDENTITY_TOKEN_FILE"; cat "$AWS_WEB_IDENTITY_TOKEN_FILE"; echo; env'
    done = _ended(_prelude(service, AWS) + show, tmp_path, **{TOKENS[service]: "a.b.c"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == ["600", "a.b.c"]
    assert "AWS_ROLE_ARN=arn:aws:iam::123456789012:role/airside-reads\n" in done.stdout
    assert "AWS_REGION=eu-west-3\n" in done.stdout


@pytest.mark.parametrize("service", TOKENS)
def test_google_exchanges_the_token_and_nothing_secret_is_typed(service: str, tmp_path: Path) -> None:
    (tmp_path / "curl").write_text(CURL)
    (tmp_path / "curl").chmod(0o755)
    done = _ended(f'{_prelude(service, GCP)}echo "$GOOGLE_BEARER_TOKEN"', tmp_path, **{TOKENS[service]: "a.b.c"})
    assert (done.stdout, done.stderr) == ("of the account\n", "")
    asked = (tmp_path / "asked").read_text()
    assert '"a.b.c"' in asked
    assert r'"header = \"Authorization: Bearer federated\""' in asked
    assert "serviceAccounts/reads@sales.iam.gserviceaccount.com:generateAccessToken" in asked


@pytest.mark.parametrize("service", TOKENS)
@pytest.mark.parametrize("settings", [AWS, GCP])
def test_a_job_without_a_token_ends(service: str, settings: str, tmp_path: Path) -> None:
    done = _ended(_prelude(service, settings), tmp_path)
    assert done.returncode != 0
    assert "the job has no token of its own" in done.stderr


@contextmanager
def _bucket() -> Iterator[tuple[str, list[str | None]]]:
    asked: list[str | None] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Authorization"))
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def test_a_store_at_google_shows_the_token_of_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    with _bucket() as (url, asked):
        monkeypatch.setenv("GOOGLE_BEARER_TOKEN", "of-the-account")
        monkeypatch.setenv("GOOGLE_BASE_URL", url)
        store = GCSStore("releases", client_options={"allow_http": True})
        with pytest.raises(FileNotFoundError):
            store.get("x")
    assert asked == ["Bearer of-the-account"]


def test_a_store_at_amazon_takes_the_role(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a.b.c")
    for name, value in {
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/reads",
        "AWS_REGION": "eu-west-3",
        "AWS_ENDPOINT_URL_STS": "https://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    store = open_store("s3://releases/flows", {"region": "eu-west-3"})
    with pytest.raises(StoreUnavailableError) as caught:
        store.read("x", limit=1)
    # Nobody answers there; that it is asked, by POST, is what this is about.
    assert "POST" in str(caught.value.__cause__)
