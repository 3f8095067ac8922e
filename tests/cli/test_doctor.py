import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import seaweed
from folders import SETTINGS, Folder
from shipping import REQUEST, apply, deploy
from signing_keys import TWO_OF_THREE, pem_of, trust_text

from airside.base import clock
from airside.base.errors import StoreUnavailableError
from airside.cli.main import run
from airside.conformance.faults import Wrapped
from airside.delivery.moves import propose_rollback
from airside.platform.diagnosis import disk, machine
from airside.platform.diagnosis.findings import Examination, Finding, examine
from airside.platform.diagnosis.store import store_findings
from airside.release.pointer import Pin
from airside.store.folder import FolderStore
from airside.store.opening import open_store
from airside.store.port import Listed, Revision, Store

Airside = Callable[..., SimpleNamespace]


@pytest.fixture(autouse=True)
def _own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("SOPS_AGE_KEY_FILE", raising=False)
    monkeypatch.delenv("AIRSIDE_SIGNING_KEY", raising=False)


def findings(done: SimpleNamespace, *levels: str) -> list[dict[str, Any]]:
    document = json.loads(done.out)
    assert document["healthy"] is (done.code == 0)
    return [found for found in document["findings"] if found["level"] in (levels or ("warning", "problem"))]


def told(store: Store, *, writes: bool = True) -> list[Finding]:
    return [found for found in store_findings(store, clock.now, writes=writes) if found.level != "ok"]


def test_a_healthy_workspace_has_no_findings_and_is_looked_at_within_seconds(airside: Airside, folder: Folder) -> None:
    airside("deploy", "production", "--yes")
    start = time.monotonic()
    done = airside("doctor", "--json")
    assert time.monotonic() - start < 5
    assert done.code == 0, done.err
    assert findings(done) == []
    seen = [f"{found['subject']}: {found['seen']}" for found in json.loads(done.out)["findings"]]
    for expected in (
        "machine: git version",
        "store: It creates, compares and swaps",
        "environment: production: release",
    ):
        assert any(line.startswith(expected) for line in seen), seen
    assert not [key for key in folder.store_keys() if key.startswith("probe/")]


def test_a_person_is_shown_each_finding_with_its_fix(airside: Airside, folder: Folder) -> None:
    folder.write("airside.toml", "[workspace]\nname = 'a'\ncolour = 1\n")
    done = airside("doctor")
    assert done.code == 1
    assert "✘ workspace:" in done.out
    assert "workspace.colour" in done.out
    assert "✔ machine: git version" in done.out, "the rest is looked at all the same"
    assert "1 problem found" in done.err
    assert "Traceback" not in done.err + done.out


def test_without_a_workspace_the_machine_or_a_named_store_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["doctor"]) == 1
    assert "There is no airside.toml" in capfd.readouterr().out
    deploy(FolderStore(tmp_path / "store"), {"dags/a.py": ""})
    assert run(["doctor", "--store", "store"]) == 0
    assert "production: release" in capfd.readouterr().out
    assert run(["doctor", "--store-only", "--store", "store", "--json"]) == 0
    subjects = {found["subject"] for found in json.loads(capfd.readouterr().out)["findings"]}
    assert subjects == {"store", "environment"}


def test_a_store_that_does_not_answer_hides_nothing_else(airside: Airside, folder: Folder) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        options = f'options = {{ endpoint = "{endpoint}", region = "x", access_key_id = "a", secret_access_key = "b" }}'
        folder.write("airside.toml", f'{SETTINGS}[store]\nurl = "s3://releases"\n{options}\n')
        folder.commit()
        done = airside("doctor", "--json")
    assert [found["subject"] for found in findings(done, "problem")] == ["store"]
    assert [found for found in findings(done, "ok") if found["subject"] == "workspace"]


@dataclass
class IgnoresConditions(Wrapped):
    """Overwrites whatever it is told to, as servers do that do not know If-None-Match."""

    def create(self, key: str, data: bytes) -> bool:
        self.inner.delete(key)
        return self.inner.create(key, data)


@dataclass
class RacesWrongly(Wrapped):
    """Tells every writer that it won."""

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        return self.inner.replace(key, data, expected) or (expected if data.startswith(b"racer") else None)


@dataclass
class OtherClock(Wrapped):
    ahead: timedelta = timedelta()

    def list(self, prefix: str) -> Iterator[Listed]:
        return iter([Listed(found.key, found.size, found.modified + self.ahead) for found in self.inner.list(prefix)])


@dataclass
class Forgetful(Wrapped):
    def list(self, prefix: str) -> Iterator[Listed]:
        return iter([])


@pytest.mark.parametrize(
    ("wrap", "level", "text"),
    [
        (IgnoresConditions, "problem", "overwrites"),
        (RacesWrongly, "problem", "were told that they won"),
        (lambda store: OtherClock(store, ahead=timedelta(minutes=1)), "warning", "59 s behind that of the store"),
        (lambda store: OtherClock(store, ahead=timedelta(hours=-1)), "problem", "3599 s ahead of that of the store"),
        (Forgetful, "warning", "lags behind"),
    ],
)
def test_a_store_that_cannot_be_trusted_is_found_also_after_it_passed_once(
    tmp_path: Path, wrap: Callable[[Store], Store], level: str, text: str
) -> None:
    store = FolderStore(tmp_path / "store")
    deploy(store, {"dags/a.py": ""})
    (found,) = told(wrap(store))
    assert found.level == level
    assert text in found.seen
    assert found.fix
    assert told(wrap(store), writes=False) == [], "a reader does not mind"


@dataclass
class ReadOnly(Wrapped):
    def create(self, key: str, data: bytes) -> bool:
        raise StoreUnavailableError(f"{self.location} denies access")


def test_a_store_that_may_only_be_read_is_a_problem_for_a_writer_alone(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    deploy(store, {"dags/a.py": ""})
    found = told(ReadOnly(store))
    assert {each.level for each in found} == {"problem"}
    assert all("write" in (each.fix or "") for each in found)
    assert told(ReadOnly(store), writes=False) == []


def test_a_pinned_environment_and_a_damaged_pointer_are_found(airside: Airside, folder: Folder) -> None:
    store = FolderStore(folder.root / ".store")
    deploy(store, {"dags/a.py": "1"})
    deploy(store, {"dags/a.py": "2"}, second=1)
    pin = Pin(by="ana", at="2026-11-21T04:30:00Z", reason="wrong totals")
    apply(store, propose_rollback(store, REQUEST, None, pin))
    (folder.root / ".store" / "environments" / "preprod.json").write_text("{}")
    done = airside("doctor", "--json")
    damaged, pinned = sorted(findings(done), key=lambda found: found["level"])
    assert "The pointer of environment 'preprod'" in damaged["seen"]
    assert "pinned by ana: wrong totals" in pinned["seen"]
    assert pinned["fix"] == "airside unpin production"


def test_what_is_wrong_with_keys_is_found(
    airside: Airside, folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    age = tmp_path / "config" / "airside" / "age" / "keys.txt"
    age.parent.mkdir(parents=True)
    age.write_text("AGE-SECRET-KEY-")
    age.chmod(0o644)
    folder.write("trust.toml", trust_text({**TWO_OF_THREE, "preprod": {"unsigned": True}}))
    stranger = tmp_path / "dora.pem"
    stranger.write_bytes(pem_of("dora"))
    stranger.chmod(0o600)
    monkeypatch.setenv("AIRSIDE_SIGNING_KEY", str(stranger))
    seen = {found["seen"]: found["fix"] for found in findings(airside("doctor", "--json"))}
    assert seen[f"{age}, your key for secrets, is open to other accounts"] == f"chmod 600 {age}"
    assert any("a key that" in text and "does not name" in text for text in seen)
    assert any("'preprod' takes unsigned releases" in text for text in seen)
    folder.write("trust.toml", "format = 1\n")
    broken = [found for found in findings(airside("doctor", "--json"), "problem") if "trust.toml" in found["seen"]]
    assert len(broken) == 1, "one fault is told once"


def test_an_unsigned_release_is_found_where_signatures_are_demanded(airside: Airside, folder: Folder) -> None:
    deploy(FolderStore(folder.root / ".store"), {"dags/a.py": ""})
    folder.write("trust.toml", trust_text({**TWO_OF_THREE, "*": {"unsigned": True}}))
    (folder.root / "trust.toml").chmod(0o644)
    done = airside("doctor", "--json")
    assert any(
        found["subject"] == "environment" and "signed by nobody" in found["seen"] for found in findings(done, "problem")
    )


def test_a_workspace_without_commits_or_environments_is_told_what_to_do(airside: Airside, folder: Folder) -> None:
    folder.write("airside.toml", SETTINGS.partition("[environments")[0])
    folder.git("update-ref", "-d", "HEAD")
    done = airside("doctor", "--json")
    assert done.code == 0, "these are warnings"
    fixes = {found["fix"] for found in findings(done, "warning")}
    assert "git add --all && git commit --message first" in fixes
    assert any("[environments.production]" in fix for fix in fixes)


def test_an_airflow_of_another_version_than_the_settings_want_is_found(airside: Airside, folder: Folder) -> None:
    packages = folder.root / ".airside/env/lib/python3.11/site-packages"
    for name in ("apache_airflow_core-3.2.0.dist-info", "airside-0.0.1.dist-info"):
        (packages / name).mkdir(parents=True)
    seen = [found["seen"] for found in findings(airside("doctor", "--json"), "warning")]
    assert any(text.startswith("Airflow 3.2.0 is installed; airside.toml wants") for text in seen)
    assert any(text.startswith("Beside Airflow runs airside 0.0.1") for text in seen)


@pytest.mark.parametrize(
    ("kind", "level"), [("nfs4", "warning"), ("fuse.gcsfuse", "problem"), ("tmpfs", "warning"), ("ext4", "ok")]
)
def test_a_file_system_that_is_no_local_disk_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, level: str
) -> None:
    monkeypatch.setattr(
        "psutil.disk_partitions", lambda **_: [SimpleNamespace(mountpoint="/", fstype=kind, device="x", opts="")]
    )
    first = next(disk.disk_findings("workspace", tmp_path / "not" / "made" / "yet"))
    assert (first.level, kind in first.seen) == (level, True)


def test_a_disk_that_is_nearly_full_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10 * 1024**2))
    levels = [found.level for found in disk.disk_findings("workspace", tmp_path)]
    assert "problem" in levels
    assert list(tmp_path.iterdir()) == [], "nothing is left"


def test_programs_that_are_missing_are_found(tmp_path: Path) -> None:
    seen = {found.seen: found.level for found in machine.machine_findings(tmp_path, {"PATH": str(tmp_path)})}
    assert seen["There is no program git"] == "problem"
    assert any("sops" in text and level == "warning" for text, level in seen.items())


def test_an_examination_that_fails_keeps_what_it_had_found_and_hides_no_other() -> None:
    def fails() -> Iterator[Finding]:
        yield Finding("disk", "ok", "there is one")
        raise PermissionError(13, "Permission denied", "/x")

    def works() -> Iterator[Finding]:
        yield Finding("other", "ok", "fine")

    found = examine([Examination("disk", fails), Examination("other", works)])
    assert [(each.subject, each.level) for each in found] == [("disk", "ok"), ("disk", "problem"), ("other", "ok")]


@pytest.mark.objectstore
def test_a_real_s3_server_is_healthy_within_seconds_and_can_be_fetched_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with seaweed.serve(tmp_path) as server:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", seaweed.ACCESS_KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", seaweed.SECRET_KEY)
        monkeypatch.setenv("AIRSIDE_STORE", server.url("doctor"))
        monkeypatch.setenv("AIRSIDE_STORE_OPTION_ENDPOINT", server.endpoint)
        monkeypatch.setenv("AIRSIDE_STORE_OPTION_REGION", "us-east-1")
        deploy(
            open_store(server.url("doctor"), {"endpoint": server.endpoint, "region": "us-east-1"}), {"dags/a.py": ""}
        )
        start = time.monotonic()
        assert run(["doctor", "--store-only", "--json"]) == 0, capfd.readouterr().out
        assert time.monotonic() - start < 5
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        capfd.readouterr()
        assert run(["doctor", "--store-only"]) == 1
        assert "denies access" in capfd.readouterr().out
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", seaweed.SECRET_KEY)
        assert run(["fetch", "production", str(tmp_path / "out")]) == 0
        assert (tmp_path / "out" / "dags" / "a.py").exists()
