import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from shipping import REQUEST, apply, deploy
from signing_keys import TWO_OF_THREE, trust_text

from airside.base.children import inherited
from airside.base.exchange import exchange
from airside.cli.main import run
from airside.conformance.faults import Killed
from airside.delivery import exporting
from airside.delivery.moves import propose_rollback
from airside.release.pointer import Pin
from airside.store.folder import FolderStore

A = {"dags/orders.py": "x = 'a'\n", "lib/run.sh": "#!/bin/sh\n"}
B = {"dags/orders.py": "x = 'b'\n", "lib/more.py": ""}

Fetch = Callable[..., SimpleNamespace]


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "srv" / "flüge & Züge"


@pytest.fixture
def fetch(store: FolderStore, place: Path, capfd: pytest.CaptureFixture[str]) -> Fetch:
    """Fetch `production` without a workspace."""

    def call(*arguments: str, to: Path = place) -> SimpleNamespace:
        capfd.readouterr()
        code = run(["fetch", "production", str(to), "--store", store.location, *arguments])
        printed = capfd.readouterr()
        return SimpleNamespace(code=code, out=printed.out, err=printed.err)

    return call


def files(place: Path) -> dict[str, str]:
    found = (path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(place).as_posix(): path.read_text() for path in found}


def document(done: SimpleNamespace) -> Any:  # noqa: ANN401 - a JSON document
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_a_new_folder_holds_exactly_the_tree_with_usual_modes(fetch: Fetch, store: FolderStore, place: Path) -> None:
    pointer = deploy(store, A)
    told = document(fetch("--json"))
    assert files(place) == A
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*.*")} == {0o644}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (place, place / "dags")} == {0o755}
    assert (told["tree"], told["release"], told["changed"]) == (pointer.tree, pointer.release, True)


def test_a_folder_that_holds_the_tree_already_is_left_alone(fetch: Fetch, store: FolderStore, place: Path) -> None:
    deploy(store, A)
    fetch()
    before = place.stat()
    done = fetch()
    assert "holds already" in done.out
    assert (place.stat().st_ino, place.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_earlier_fetch_is_replaced_also_when_python_left_its_caches(
    fetch: Fetch, store: FolderStore, place: Path
) -> None:
    deploy(store, A)
    fetch()
    (place / "dags" / "__pycache__").mkdir()
    (place / "dags" / "__pycache__" / "orders.pyc").write_bytes(b"x")
    deploy(store, B, second=1)
    assert document(fetch("--json"))["changed"] is True
    assert files(place) == B
    assert sorted(path.name for path in place.parent.iterdir()) == [f".{place.name}.airside", place.name]


def test_an_empty_folder_is_filled(fetch: Fetch, store: FolderStore, place: Path) -> None:
    deploy(store, A)
    place.mkdir(parents=True)
    fetch()
    assert files(place) == A


@pytest.mark.parametrize("spoil", ["add", "edit", "link"])
def test_what_others_put_there_is_never_removed(fetch: Fetch, store: FolderStore, place: Path, spoil: str) -> None:
    deploy(store, A)
    fetch()
    if spoil == "add":
        (place / "mine.txt").write_text("mine")
    elif spoil == "edit":
        (place / "dags/orders.py").write_text("x = 'm'\n")
    else:
        (place / "link").symlink_to("/etc")
    before = files(place)
    deploy(store, B, second=1)
    done = fetch()
    assert done.code == 3
    assert {"add": "mine.txt", "edit": "dags/orders.py", "link": "link"}[spoil] in done.err
    assert files(place) == before


def test_a_folder_of_somebody_else_is_refused(fetch: Fetch, store: FolderStore, place: Path) -> None:
    deploy(store, A)
    place.mkdir(parents=True)
    (place / "mine.txt").write_text("mine")
    done = fetch()
    assert done.code == 3
    assert "did not put there" in done.err
    assert files(place) == {"mine.txt": "mine"}


@pytest.mark.parametrize("what", ["target", "companion"])
def test_a_planted_link_is_not_followed(
    fetch: Fetch, store: FolderStore, place: Path, tmp_path: Path, what: str
) -> None:
    deploy(store, A)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place.parent.mkdir()
    (place if what == "target" else place.parent / f".{place.name}.airside").symlink_to(elsewhere)
    assert fetch().code == 3
    assert list(elsewhere.iterdir()) == []


def test_a_file_that_is_missing_is_brought_back(fetch: Fetch, store: FolderStore, place: Path) -> None:
    deploy(store, A)
    fetch()
    (place / "lib/run.sh").unlink()
    assert document(fetch("--json"))["changed"] is True
    assert files(place) == A


def test_an_earlier_release_or_tree_can_be_had(fetch: Fetch, store: FolderStore, place: Path) -> None:
    first = deploy(store, A)
    deploy(store, B, second=1)
    assert document(fetch("--release", first.release, "--json"))["generation"] == 1
    assert files(place) == A
    fetch()
    document(fetch("--tree", first.tree, "--json"))
    assert files(place) == A
    missing = fetch("--release", "20261121-043000-00000000")
    assert missing.code == 2
    assert "has never served" in missing.err
    assert fetch("--tree", "latest").code == 2


def test_a_rollback_is_followed_and_a_store_that_was_set_back_is_not(
    fetch: Fetch, store: FolderStore, place: Path, tmp_path: Path
) -> None:
    deploy(store, A)
    shutil.copytree(store.location, tmp_path / "old")
    deploy(store, B, second=1)
    fetch()
    pin = Pin(by="ana", at="2026-11-21T04:30:00Z")
    apply(store, propose_rollback(store, REQUEST, None, pin))
    fetch()
    assert files(place) == A
    shutil.rmtree(store.location)
    shutil.copytree(tmp_path / "old", store.location)
    done = fetch()
    assert done.code == 5
    assert "went back from generation 3 to 1" in done.err


def test_an_unsigned_release_is_refused_where_signatures_are_demanded(
    fetch: Fetch, store: FolderStore, place: Path, tmp_path: Path
) -> None:
    trust = tmp_path / "trust.toml"
    trust.write_text(trust_text({"production": {"unsigned": True}}))
    trust.chmod(0o644)
    deploy(store, A)
    assert fetch("--trust", str(trust)).code == 0
    trust.write_text(trust_text(TWO_OF_THREE))
    deploy(store, B, second=1)
    assert fetch("--trust", str(trust)).code == 5
    assert files(place) == A
    assert fetch("--trust", str(trust), "--release", deploy(store, A).release).code == 5, "nor by its id"


def test_a_tampered_pack_leaves_the_folder_as_it_is(fetch: Fetch, store: FolderStore, place: Path) -> None:
    deploy(store, A)
    fetch()
    known = set(Path(store.location, "packs").iterdir())
    deploy(store, B, second=1)
    (pack,) = set(Path(store.location, "packs").iterdir()) - known
    pack.write_bytes(pack.read_bytes()[:-1] + b"\0")
    assert fetch().code == 5
    assert files(place) == A


def test_a_full_disk_leaves_the_folder_as_it_is(
    fetch: Fetch, store: FolderStore, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(store, A)
    fetch()
    deploy(store, B, second=1)
    with monkeypatch.context() as full:
        full.setattr("airside.delivery.exporting.write_atomically", _full_disk)
        done = fetch()
    assert done.code == 1
    assert "No space is left" in done.err
    assert files(place) == A
    assert fetch().code == 0
    assert files(place) == B


def _full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_system_that_cannot_exchange_folders_gets_two_renames(
    fetch: Fetch, store: FolderStore, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(store, A)
    fetch()
    deploy(store, B, second=1)
    monkeypatch.setattr("airside.delivery.exporting.exchange", lambda *_: False)
    assert fetch().code == 0
    assert files(place) == B


def test_two_folders_change_places(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if not exchange(tmp_path / "one", tmp_path / "other"):
        pytest.skip("this system cannot")
    assert (tmp_path / "one" / "other").exists()
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "one", tmp_path / "missing")


def test_nothing_deployed_and_no_store_and_a_wrong_name_are_told(
    fetch: Fetch, store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    done = fetch()
    assert done.code == 2
    assert "Nothing was ever deployed" in done.err
    monkeypatch.chdir(tmp_path)
    assert run(["fetch", "production", "out"]) == 2
    assert "There is no airside.toml" in capfd.readouterr().err
    assert run(["fetch", "../x", "out", "--store", store.location]) == 2
    assert run(["fetch", "production", "out", "--store", store.location, "--option", "region"]) == 2


def test_the_store_can_be_named_by_variables(
    store: FolderStore, place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    deploy(store, A)
    monkeypatch.setenv("AIRSIDE_STORE", store.location)
    assert run(["fetch", "production", str(place)]) == 0
    assert files(place) == A
    monkeypatch.setenv("AIRSIDE_STORE_OPTION_REGION", "eu-west-3")
    assert run(["fetch", "production", str(place)]) == 2
    assert "takes no options: region" in capfd.readouterr().err


def test_a_workspace_needs_no_store_on_the_command_line(airside: Callable[..., SimpleNamespace], place: Path) -> None:
    airside("deploy", "production", "--yes")
    assert airside("fetch", "production", str(place)).code == 0
    assert set(files(place)) == {".airflowignore", "dags/orders.py", "lib/sums.py"}
    assert airside("fetch", "prodution", str(place)).code == 2


STEPS = ("_remember", "_make_writable", "_replace", "sync_folder", "_tidy")


@pytest.mark.parametrize("moment", [(step, after) for step in STEPS for after in (False, True)])
def test_a_kill_at_any_step_leaves_one_whole_tree_and_the_next_fetch_ends_it(
    fetch: Fetch, store: FolderStore, place: Path, monkeypatch: pytest.MonkeyPatch, moment: tuple[str, bool]
) -> None:
    deploy(store, A)
    fetch()
    deploy(store, B, second=1)
    step, after = moment
    real = getattr(exporting, step)

    def killed(*arguments: object) -> None:
        if after:
            real(*arguments)
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(exporting, step, killed)
        with pytest.raises(Killed):
            fetch()
    assert files(place) in (A, B)
    assert fetch().code == 0
    assert files(place) == B
    _is_tidy(place)


@pytest.mark.parametrize("delay", [0.03 * step for step in range(8)])
def test_a_fetch_that_is_killed_leaves_one_whole_tree_and_the_next_one_ends_it(
    store: FolderStore, place: Path, fetch: Fetch, delay: float
) -> None:
    large = {f"dags/f{number}.py": f"x = {number}\n" * 50 for number in range(300)}
    deploy(store, A)
    fetch()
    deploy(store, large, second=1)
    command = [sys.executable, "-m", "airside", "fetch", "production", str(place), "--store", store.location]
    child = subprocess.Popen(command, env=inherited(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.25 + delay)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert files(place) in (A, large)
    assert fetch().code == 0
    assert files(place) == large
    _is_tidy(place)


def _is_tidy(place: Path) -> None:
    own = place.parent / f".{place.name}.airside"
    assert sorted(path.name for path in own.iterdir()) == ["lock", "ratchet", "written"]
    assert len(list((own / "written").iterdir())) == 1
