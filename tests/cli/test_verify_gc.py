import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from folders import Folder

from airside.base.digest import Digest

Airside = Callable[..., SimpleNamespace]


@pytest.fixture
def served(folder: Folder, airside: Airside) -> Folder:
    """A workspace whose production has served three releases."""
    for number in range(3):
        folder.write("lib/sums.py", f"def total(numbers):\n    return sum(numbers) + {number}\n")
        folder.commit()
        assert airside("deploy", "production", "--yes").code == 0
    return folder


def document(done: SimpleNamespace) -> Any:  # noqa: ANN401 - each verb has its own document
    return json.loads(done.out)


def objects(folder: Folder, kind: str) -> list[Path]:
    return sorted((folder.root / ".store" / kind).iterdir())


def grow_old(folder: Folder, hours: float) -> None:
    """Let time pass for the store: a folder's clock is that of its files."""
    then = time.time() - hours * 3600
    for path in (folder.root / ".store").rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


@pytest.mark.slow
def test_a_whole_store_is_called_whole(served: Folder, airside: Airside) -> None:
    for arguments in (["production"], ["--all"], ["production", "--deep"], []):
        done = airside("verify", *arguments)
        assert done.code == 0, done.err
        assert "All is whole" in done.out
    found = document(airside("verify", "--all", "--json"))
    assert found["clean"] is True
    assert found["looked_at"] == {"environments": 1, "releases": 3, "trees": 3, "packs": len(objects(served, "packs"))}


@pytest.mark.slow
def test_an_environment_that_is_not_there_is_never_called_whole(served: Folder, airside: Airside) -> None:
    mistyped = airside("verify", "prodcution")
    assert mistyped.code == 2
    assert "did you mean" in mistyped.err
    empty = airside("verify", "preprod")
    assert empty.code == 2
    assert "Nothing was ever deployed to 'preprod'" in empty.err
    shutil.rmtree(served.root / ".store")
    assert airside("verify", "production").code == 2, "an emptied store"


@pytest.mark.slow
def test_what_is_missing_is_named_and_mended_from_the_commit(served: Folder, airside: Airside) -> None:
    for kind in ("packs", "trees"):
        for path in objects(served, kind):
            path.unlink()
            broken = airside("verify", "--all")
            assert broken.code == 5
            assert f"{kind}/{path.name}" in broken.out
            assert "environments: production" in broken.out
            assert "--repair" in broken.err
            assert airside("verify", "--all", "--repair").code == 3, "nobody was asked"
            planned = airside("verify", "--all", "--repair", "--dry-run")
            assert "would: Write the packs" in planned.out
            assert not path.exists()
            mended = airside("verify", "--all", "--repair", "--yes")
            assert mended.code == 0, mended.out + mended.err
            assert "All is whole" in mended.out


@pytest.mark.slow
def test_a_damaged_pointer_is_put_right(served: Folder, airside: Airside) -> None:
    pointer = served.root / ".store/environments/production.json"
    pointer.write_text("{}")
    broken = airside("verify", "production", "--json")
    assert broken.code == 5
    assert document(broken)["findings"][0]["object"] == "environments/production.json"
    mended = document(airside("verify", "production", "--repair", "--yes", "--json"))
    assert mended["clean"] is True
    assert mended["repairs"][0]["object"] == "environments/production.json"
    assert document(airside("history", "production", "--json"))[0]["action"] == "rollback"


def test_a_lost_record_cannot_be_made_anew_and_says_what_to_do(served: Folder, airside: Airside) -> None:
    objects(served, "releases")[-1].unlink()
    done = airside("verify", "production", "--repair", "--yes")
    assert done.code == 5
    assert "Nothing of this can be mended here" in done.out
    assert "Deploy again" in done.out


def test_files_for_a_repair_need_a_repair(airside: Airside) -> None:
    assert airside("verify", "--dry-run").code == 2


@pytest.mark.slow
def test_gc_marks_then_removes_what_nobody_needs(served: Folder, airside: Airside) -> None:
    options = ("gc", "--keep-days", "0", "--keep", "1", "--yes", "--json")
    grow_old(served, 48)
    planned = document(airside(*options, "--dry-run"))
    assert planned["marked"]
    assert not (served.root / ".store/gc").exists(), "a dry run writes nothing"
    marked = document(airside(*options))
    assert marked["marked"] == planned["marked"]
    assert not marked["removed"]
    assert not document(airside(*options))["removed"], "not before a day has passed"
    removed = document(airside(*options, "--grace", "0", "--force-grace"))
    assert removed["removed"]
    assert removed["freed"] > 0
    assert len(objects(served, "releases")) == 2
    assert airside("verify", "--all").code == 0
    refused = airside("rollback", "production", "--to", "1", "--yes")
    assert refused.code == 3
    assert "was removed by garbage collection" in refused.err
    assert airside("rollback", "production", "--yes").code == 0
    assert airside("verify", "--all").code == 0


@pytest.mark.slow
def test_gc_says_which_airflows_it_does_not_know(served: Folder, airside: Airside) -> None:
    done = airside("gc", "--dry-run")
    assert "No Airflow that serves preprod, production is known here" in done.err
    assert "No Airflow is known" not in airside("gc", "--dry-run", "--no-airflow").err
    assert served.root.exists()


@pytest.mark.slow
def test_gc_keeps_trees_that_are_named(served: Folder, airside: Airside, tmp_path: Path) -> None:
    grow_old(served, 48)
    oldest = document(airside("history", "production", "--json"))[-1]["tree"]
    options = ("gc", "--keep-days", "0", "--keep", "1", "--dry-run", "--json")
    assert document(airside(*options))["marked"]
    assert not document(airside(*options, "--keep-tree", oldest))["marked"]
    names = tmp_path / "trees.txt"
    names.write_text(f"{oldest}\n{Digest.of(b'of another store')}\n")
    assert not document(airside(*options, "--keep-trees", str(names)))["marked"]
    assert airside(*options, "--keep-tree", "3f2a").code == 2
    assert airside(*options, "--keep-trees", str(tmp_path / "missing.txt")).code == 2


def test_gc_refuses_a_short_grace_unless_it_is_forced(airside: Airside) -> None:
    refused = airside("gc", "--grace", "1")
    assert refused.code == 2
    assert "--force-grace" in refused.err


@pytest.mark.slow
def test_gc_removes_nothing_when_a_history_is_damaged(served: Folder, airside: Airside) -> None:
    (served.root / ".store/history/production/00000000000000000001.json").write_text("{}")
    done = airside("gc", "--yes")
    assert done.code == 5
    assert "nothing was removed" in done.err
    assert "airside verify production --repair" in done.err


@pytest.mark.slow
def test_gc_sweeps_files_of_killed_writers(served: Folder, airside: Airside) -> None:
    old, young = (served.root / ".store/packs" / f".{name}.0123.tmp" for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    assert airside("gc", "--yes", "--dry-run").code == 0
    assert old.exists()
    assert airside("gc", "--yes").code == 0
    assert young.exists()
    assert not old.exists()
