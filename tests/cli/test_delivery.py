import errno
import json
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from folders import Folder
from shipping import deploy

from airside.cli.context import Context
from airside.delivery.moves import Request
from airside.store.folder import FolderStore

Airside = Callable[..., SimpleNamespace]
BROKEN = "from airflow.sdk import dag\n\nimport nothing_of_that_name\n"


def document(done: SimpleNamespace) -> Any:  # noqa: ANN401 - each verb has its own document
    return json.loads(done.out)


def test_a_deploy_a_promotion_and_a_rollback(airside: Airside, folder: Folder) -> None:
    first = document(airside("deploy", "preprod", "--yes", "--json"))
    assert (first["moved"], first["generation"], first["served"]) == (True, 1, False)
    assert first["plan"]["workflows"]["added"] == ["orders"]
    promoted = document(airside("promote", "preprod", "production", "--yes", "--json"))
    assert (promoted["release"], promoted["uploaded"]["objects"]) == (first["release"], 0)
    folder.write("lib/sums.py", "def total(numbers):\n    return sum(numbers) + 1\n")
    folder.commit()
    plan = document(airside("plan", "production", "--json"))["plan"]
    assert plan["files"] == {"added": [], "changed": ["lib/sums.py"], "removed": []}
    second = document(airside("deploy", "production", "--yes", "--json", "-m", "one more"))
    assert second["tree"] != first["tree"]
    back = document(airside("rollback", "production", "--yes", "--json"))
    assert (back["tree"], back["generation"]) == (first["tree"], 3)
    history = document(airside("history", "production", "--json"))
    assert [entry["action"] for entry in history] == ["rollback", "deploy", "promote"]
    assert history[1]["reason"] == "one more"
    assert history[0]["restores"] == 1
    environments = document(airside("environments", "--json"))
    assert {entry["environment"]: entry["pinned"] for entry in environments} == {"preprod": False, "production": True}
    releases = document(airside("releases", "--json"))
    assert {entry["release"]: entry["served_by"] for entry in releases} == {
        first["release"]: ["preprod", "production"],
        second["release"]: [],
    }


def test_a_deploy_says_that_no_airflow_serves_it(airside: Airside) -> None:
    done = airside("deploy", "production", "--yes")
    assert done.code == 0
    assert "no Airflow of this workspace runs that serves it" in done.out
    assert "next: airside history production" in done.out, "there is nothing to roll back to yet"


def test_a_pinned_environment_is_not_deployed_to(airside: Airside, folder: Folder) -> None:
    airside("deploy", "production", "--yes")
    folder.write("lib/sums.py", "total = sum\n")
    folder.commit()
    airside("deploy", "production", "--yes")
    airside("rollback", "production", "--yes", "-m", "wrong totals")
    refused = airside("deploy", "production", "--yes")
    assert refused.code == 3
    assert "wrong totals" in refused.err
    assert "airside unpin production" in refused.err
    assert airside("unpin", "production").code == 0
    assert airside("unpin", "production").code == 3
    assert airside("deploy", "production", "--yes").code == 0


def test_a_deploy_of_what_is_served_moves_nothing(airside: Airside) -> None:
    airside("deploy", "production", "--yes")
    again = airside("deploy", "production", "--yes")
    assert again.code == 0
    assert "Nothing to do" in again.out
    assert len(document(airside("history", "production", "--json"))) == 1


def test_a_dag_file_that_does_not_import_is_named_and_nothing_is_uploaded(airside: Airside, folder: Folder) -> None:
    folder.write("dags/broken.py", BROKEN)
    folder.commit()
    before = folder.store_keys()
    done = airside("deploy", "production", "--yes")
    assert done.code == 1
    assert "dags/broken.py:3: ModuleNotFoundError: No module named 'nothing_of_that_name'" in done.err
    assert folder.store_keys() - before <= {"format.json"}


def test_uncommitted_changes_are_refused_and_can_be_allowed(airside: Airside, folder: Folder) -> None:
    folder.write("dags/orders.py", (folder.root / "dags/orders.py").read_text() + "# changed\n")
    refused = airside("deploy", "production", "--yes")
    assert refused.code == 3
    assert "dags/orders.py" in refused.err
    assert "--allow-dirty" in refused.err
    assert airside("deploy", "production", "--yes", "--allow-dirty").code == 0
    assert document(airside("releases", "--json"))[0]["dirty"] is True


def test_an_environment_that_is_not_declared_is_refused(airside: Airside) -> None:
    for verb in (
        ["deploy", "prodution"],
        ["rollback", "prodution"],
        ["promote", "preprod", "prodution"],
        ["plan", "prodution"],
    ):
        done = airside(*verb, "--yes")
        assert done.code == 2
        assert "prodution" in done.err
        assert "production" in done.err, "the right one is suggested"


def test_an_environment_without_a_release_has_no_history_to_go_back_in(airside: Airside) -> None:
    for verb in (["rollback", "production"], ["history", "production"], ["promote", "preprod", "production"]):
        done = airside(*verb, "--yes")
        assert done.code == 2
        assert "Nothing was ever deployed" in done.err


def test_without_anybody_to_ask_nothing_is_changed(airside: Airside, folder: Folder) -> None:
    done = airside("deploy", "production")
    assert done.code == 3
    assert "--yes" in done.err
    assert folder.store_keys() == {"format.json"}


def test_a_dry_run_shows_the_plan_and_writes_nothing(airside: Airside, folder: Folder) -> None:
    done = airside("deploy", "production", "--dry-run")
    assert done.code == 0
    assert "+ workflow orders" in done.out
    assert folder.store_keys() == {"format.json"}


def test_of_two_deploys_at_once_the_other_says_who_won(
    airside: Airside, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(_self: Context, _question: str) -> None:
        request = Request("sales-flows", "production", "bob")
        deploy(FolderStore(folder.root / ".store"), {"dags/other.py": ""}, request=request)

    monkeypatch.setattr(Context, "confirm", meanwhile)
    done = airside("deploy", "production")
    assert done.code == 3
    assert "bob moved 'production' first: from generation 0 to 1" in done.err


def test_a_store_that_cannot_be_reached_is_named(airside: Airside, folder: Folder) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        options = f'options = {{ endpoint = "{endpoint}", region = "x", access_key_id = "a", secret_access_key = "b" }}'
        folder.write(
            "airside.toml", f'{(folder.root / "airside.toml").read_text()}[store]\nurl = "s3://releases"\n{options}\n'
        )
        done = airside("environments")
    assert done.code == 4
    assert "s3://releases" in done.err


def test_a_store_on_a_full_disk_leaves_the_release_before(
    airside: Airside, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = document(airside("deploy", "production", "--yes", "--json"))
    folder.write("lib/sums.py", "total = sum\n")
    folder.commit()
    with monkeypatch.context() as full:
        full.setattr("airside.store.folder.write_beside", _full_disk)
        done = airside("deploy", "production", "--yes")
    assert done.code == 4
    assert "No space left" in done.err
    assert document(airside("environments", "--json"))[1]["release"] == first["release"]


def _full_disk(*_: object, **__: object) -> Path:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("kind", ["packs", "trees", "releases", "environments"])
def test_a_tampered_object_is_named(airside: Airside, folder: Folder, kind: str) -> None:
    airside("deploy", "preprod", "--yes")
    (path,) = [path for path in (folder.root / ".store" / kind).rglob("*") if path.is_file()]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    if kind == "packs":  # a promotion moves a name; the bytes are verified by whoever serves them
        assert airside("promote", "preprod", "production", "--yes").code == 0
        return
    done = airside("promote", "preprod", "production", "--yes")
    assert done.code == 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[workspace]\nname = 'a'\ncolour = 1\n", "workspace.colour"),
        ("[workspace]\nname = 7\n", "workspace.name"),
        ("[workspace\n", "airside.toml"),
        ("[workspace]\nname = 'a'\ndags = '../dags'\n", "workspace.dags"),
        ("[workspace]\nname = 'a'\ndags = 'flows'\n", "flows"),
    ],
)
def test_a_mistake_in_the_settings_names_file_and_key(airside: Airside, folder: Folder, text: str, told: str) -> None:
    folder.write("airside.toml", text)
    done = airside("environments")
    assert done.code == 2
    assert "airside.toml" in done.err
    assert told in done.err
