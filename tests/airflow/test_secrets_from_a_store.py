"""Look-ups of the documents that were applied to an environment, in processes that fork as Airflow's do."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import seaweed
from airflow.sdk.exceptions import AirflowSecretsBackendAccessDenied
from sealed import Identity, make_identity, seal
from secret_shipping import apply_documents
from signing_keys import signer, trust_text

from airside.airflow import SecretsBackend
from airside.store.folder import FolderStore
from airside.store.opening import open_store
from airside.store.port import Store

A_MOMENT = 30.0


def apply(store: Store, identity: Identity, value: str, *, environment: str = "production", minutes: int = 0) -> None:
    documents = {environment: seal(f"variables: {{region: {value}}}\n", identity)}
    apply_documents(store, documents, environment=environment, minutes=minutes)


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Identity:
    made = make_identity()
    monkeypatch.setenv("SOPS_AGE_KEY", made.secret)
    return made


def backend_of(url: str, tmp_path: Path, options: Mapping[str, str] | None = None) -> SecretsBackend:
    kwargs: dict[str, Any] = {"environment": "production", "cache": str(tmp_path / "cache")}
    return SecretsBackend(store=url, store_options=dict(options or {}), **kwargs)


def soon(condition: Callable[[], bool]) -> float:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < A_MOMENT
        time.sleep(0.05)
    return time.monotonic() - started


def test_what_is_applied_is_used_within_seconds(store: FolderStore, identity: Identity, tmp_path: Path) -> None:
    backend = backend_of(store.location, tmp_path)
    assert backend.get_variable("region") is None, "nothing was ever applied"
    apply(store, identity, "first")
    assert soon(lambda: backend.get_variable("region") == "first") < 5
    apply(store, identity, "second", minutes=1)
    assert soon(lambda: backend.get_variable("region") == "second") < 5


def test_two_stores_on_one_machine_are_kept_apart(store: FolderStore, identity: Identity, tmp_path: Path) -> None:
    other = FolderStore(tmp_path / "other")
    for each, region in ((store, "first"), (other, "second")):
        apply(each, identity, region)
        assert backend_of(each.location, tmp_path).get_variable("region") == region


def test_what_was_read_is_used_while_the_store_is_away(store: FolderStore, identity: Identity, tmp_path: Path) -> None:
    apply(store, identity, "first")
    assert backend_of(store.location, tmp_path).get_variable("region") == "first"
    Path(store.location).rename(tmp_path / "away")
    Path(store.location).touch()
    assert backend_of(store.location, tmp_path).get_variable("region") == "first", "another process, the same disk"
    with pytest.raises(AirflowSecretsBackendAccessDenied):
        backend_of(store.location, tmp_path / "new").get_variable("region")


def test_nothing_decrypted_is_on_the_disk(store: FolderStore, identity: Identity, tmp_path: Path) -> None:
    apply(store, identity, "a-very-secret-value")
    assert backend_of(store.location, tmp_path).get_variable("region") == "a-very-secret-value"
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert any(b"ENC[" in path.read_bytes() for path in files)
    assert not any(b"a-very-secret-value" in path.read_bytes() for path in files)


def test_secrets_that_nobody_of_the_trust_file_has_signed_are_not_read(
    store: FolderStore, identity: Identity, tmp_path: Path
) -> None:
    trust = tmp_path / "trust.toml"
    trust.write_text(trust_text({"production": {"releases": ["ana"], "threshold": 1, "moves": ["ana"]}}))
    trust.chmod(0o644)
    kwargs: dict[str, Any] = {"store": store.location, "environment": "production", "trust": str(trust)}
    apply(store, identity, "unsigned")
    backend = SecretsBackend(**kwargs, cache=str(tmp_path / "cache"))
    for look_up in (backend.get_variable, backend.get_connection):
        with pytest.raises(AirflowSecretsBackendAccessDenied, match="is signed by nobody"):
            look_up("region")
    assert not list((tmp_path / "cache").rglob("*.yaml")), "nothing of it is on the disk"
    documents = {"production": seal("variables: {region: signed}\n", identity)}
    apply_documents(store, documents, minutes=1, sign=signer("ana").sign)
    assert soon(lambda: region_of(backend) == "signed") < A_MOMENT
    documents = {"production": seal("variables: {region: of another}\n", identity)}
    apply_documents(store, documents, minutes=2, sign=signer("ben").sign)
    time.sleep(2.1)
    with pytest.raises(AirflowSecretsBackendAccessDenied):
        backend.get_variable("region")


def region_of(backend: SecretsBackend) -> str | None:
    try:
        return backend.get_variable("region")
    except AirflowSecretsBackendAccessDenied:
        return None


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[seaweed.Server]:
    with seaweed.serve(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


FORKING = """
import json, os, sys, time
from airside.airflow import SecretsBackend
from airside.airflow.store_access import own_store
from airflow.sdk.execution_time import task_runner

kwargs, url, options, uses_itself = json.loads(sys.argv[1])
backend = SecretsBackend(**kwargs)
if uses_itself:
    own_store(url, options).read("format.json", limit=1000)  # as the dag processor's bundle does
print(backend.get_variable("region"), flush=True)
time.sleep(2.5)
if (child := os.fork()) == 0:
    task_runner.SUPERVISOR_COMMS = type("Comms", (), {"send": print})()
    if not uses_itself:
        own_store(url, options).read("format.json", limit=1000)  # as the bundle of a task does
    value = SecretsBackend(**kwargs).get_variable("region")
    os._exit(0 if value == "first" else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.objectstore
@pytest.mark.parametrize("uses_itself", [True, False], ids=["dag processor", "executor"])
@pytest.mark.slow
def test_a_process_that_forks_does_not_make_its_children_wait_for_ever(
    s3: seaweed.Server, identity: Identity, tmp_path: Path, uses_itself: bool
) -> None:
    url = s3.url(tmp_path.name)
    apply(open_store(url, s3.options), identity, "first")
    kwargs = {
        "store": url,
        "store_options": s3.options,
        "environment": "production",
        "cache": str(tmp_path / "cache"),
    }
    said = json.dumps([kwargs, url, s3.options, uses_itself])
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", FORKING, said],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=dict(os.environ),  # noqa: TID251 - the key, and where this Airflow's files are
    )
    try:
        out, _ = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert out.split()[0] == "first"
    assert out.split()[-1] == "0"


@pytest.mark.objectstore
@pytest.mark.slow
def test_a_long_lived_server_asks_one_other_process_and_sees_what_is_applied(
    s3: seaweed.Server, identity: Identity, tmp_path: Path
) -> None:
    url = s3.url(tmp_path.name)
    bucket = open_store(url, s3.options)
    apply(bucket, identity, "first")
    backend = backend_of(url, tmp_path, s3.options)
    assert backend.get_variable("region") == "first"
    apply(bucket, identity, "second", minutes=1)
    assert soon(lambda: backend.get_variable("region") == "second") < 5
    reader = backend._processes[os.getpid()]._reader
    [asked] = [reader._opened]
    child = asked._process.pid  # type: ignore[union-attr]
    assert "asked_store_process" in Path(f"/proc/{child}/cmdline").read_text() if sys.platform == "linux" else True
    assert s3.options["secret_access_key"] not in Path(f"/proc/{child}/cmdline").read_text()
    os.kill(child, signal.SIGKILL)
    time.sleep(2.5)
    apply(bucket, identity, "third", minutes=2)
    assert soon(lambda: backend.get_variable("region") == "third") < 10, "it is started again"


@pytest.mark.objectstore
@pytest.mark.slow
def test_while_a_bucket_is_away_a_long_lived_server_uses_what_it_read_and_warns_once(
    identity: Identity, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "weed").mkdir()
    with seaweed.serve(tmp_path / "weed") as server:
        url = server.url("x")
        apply(open_store(url, server.options), identity, "first")
        backend = backend_of(url, tmp_path, server.options)
        assert backend.get_variable("region") == "first"
    with caplog.at_level("WARNING", "airside"):
        for _ in range(2):
            time.sleep(2.1)
            assert backend.get_variable("region") == "first"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "used as they were last applied here" in caplog.text
    assert backend_of(url, tmp_path, server.options).get_variable("region") == "first", "a new process, the same disk"
    with pytest.raises(AirflowSecretsBackendAccessDenied, match="cannot look up the variable 'region'"):
        backend_of(url, tmp_path / "new", server.options).get_variable("region")
