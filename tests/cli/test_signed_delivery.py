"""Moves are signed, and those that no reader would follow are refused before anything is written."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from folders import Folder
from signing_keys import pem_of, signer, trust_text

from airside.delivery.countersignatures import read_signature
from airside.delivery.environments import read_current, read_record
from airside.signing.trust import require_trusted, trust_of
from airside.store.folder import FolderStore

pytestmark = pytest.mark.slow

Airside = Callable[..., SimpleNamespace]
RULES: dict[str, Mapping[str, object]] = {
    "preprod": {"releases": ["ci"]},
    "production": {"releases": ["ci", "ana", "ben"], "threshold": 2, "moves": ["ana"]},
    "*": {"unsigned": True},
}


def document(done: SimpleNamespace) -> Any:  # noqa: ANN401 - each verb has its own document
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.fixture
def store(folder: Folder) -> FolderStore:
    return FolderStore(folder.root / ".store")


@pytest.fixture
def act_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sign with the key of somebody, as CI gives it: the PEM in the variable."""
    return lambda name: monkeypatch.setenv("AIRSIDE_SIGNING_KEY", pem_of(name).decode())


@pytest.fixture
def trusting(folder: Folder) -> Folder:
    folder.write("trust.toml", trust_text(RULES))
    folder.commit()
    return folder


def accepted(store: FolderStore, environment: str) -> bool:
    current = read_current(store, environment)
    assert current is not None
    record = read_record(store, current.pointer.release)
    trust = trust_of(trust_text(RULES).encode(), "trust.toml")
    require_trusted(trust, current.sealed, record, lambda keyid: read_signature(store, record.id, keyid))
    return True


def test_every_verb_that_moves_an_environment_signs(
    airside: Airside, folder: Folder, store: FolderStore, act_as: Callable[[str], None]
) -> None:
    act_as("ci")
    airside("deploy", "production", "--yes")
    folder.write("lib/sums.py", "total = sum\n")
    folder.commit()
    airside("deploy", "production", "--yes")
    airside("rollback", "production", "--yes")
    airside("unpin", "production")
    airside("promote", "production", "preprod", "--yes")
    key = signer("ci").public
    moves = document(airside("history", "production", "--json")) + document(airside("history", "preprod", "--json"))
    assert [move["action"] for move in moves] == ["unpin", "rollback", "deploy", "deploy", "promote"]
    assert {tuple(move["signed_by"]) for move in moves} == {(f"unknown key {key.short}",)}
    for name in ("production", "preprod"):
        current = read_current(store, name)
        assert current is not None
        envelope = current.sealed.envelope
        assert [key.verifies(signature, envelope.signed_bytes) for signature in envelope.signatures] == [True]
    for release in document(airside("releases", "--json")):
        sealed = read_record(store, release["release"]).sealed
        assert [key.verifies(signature, sealed.signed_bytes) for signature in sealed.signatures] == [True]


def test_without_a_key_nothing_is_signed_and_that_is_told(airside: Airside) -> None:
    assert airside("deploy", "production", "--yes").code == 0
    assert document(airside("releases", "--json"))[0]["signed_by"] == []
    assert "unsigned" in airside("history", "production").out


def test_the_default_key_signs_unless_another_is_named(
    airside: Airside, trusting: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("default", "other"):
        airside("keys", "generate", name)
        airside("keys", "trust", name, "--as", f"my-{name}")
    trusting.write("airside.toml", (trusting.root / "airside.toml").read_text() + "[environments.dev]\n")
    trusting.commit()
    airside("deploy", "dev", "--yes")
    monkeypatch.setenv("AIRSIDE_SIGNING_KEY", "other")
    trusting.write("lib/sums.py", "total = sum\n")
    trusting.commit()
    airside("deploy", "dev", "--yes")
    assert [entry["signed_by"] for entry in document(airside("history", "dev", "--json"))] == [
        ["my-other"],
        ["my-default"],
    ]


def test_four_eyes_from_deploy_to_production(
    airside: Airside, trusting: Folder, store: FolderStore, act_as: Callable[[str], None]
) -> None:
    act_as("ci")
    release = document(airside("deploy", "preprod", "--yes", "--json"))["release"]
    assert accepted(store, "preprod")
    act_as("ana")
    refused = airside("promote", "preprod", "production", "--yes")
    assert refused.code == 3
    assert "is signed by ci;" in refused.err
    assert "wants 2 of ci, ana, ben" in refused.err
    assert f"airside sign {release}" in refused.err
    shown = airside("sign", release)
    assert shown.code == 3, "nobody to ask"
    assert "orders" in shown.out
    assert "Ana <ana@example.com>: change" in shown.out
    assert "import passed on 1" in shown.out
    assert read_signature(store, release, signer("ana").public.keyid) is None
    signed = document(airside("sign", release, "--yes", "--json"))
    assert signed == {
        "release": release,
        "keyid": signer("ana").public.keyid,
        "added": True,
        "counts_in": ["production"],
    }
    assert document(airside("sign", release, "--yes", "--json"))["added"] is False
    assert document(airside("promote", "preprod", "production", "--yes", "--json"))["moved"] is True
    assert accepted(store, "production")
    assert document(airside("releases", "--json"))[0]["signed_by"] == ["ci", "ana"], "detached ones too"


def test_a_move_with_the_wrong_key_is_refused_before_anything_is_written(
    airside: Airside, trusting: Folder, act_as: Callable[[str], None]
) -> None:
    before = trusting.store_keys()
    act_as("ben")
    done = airside("deploy", "preprod", "--yes")
    assert done.code == 3
    assert "'preprod' is moved with a signature of ci" in done.err
    assert "yours is ben" in done.err
    assert trusting.store_keys() - before <= {"format.json"}
    act_as("eve")
    assert f"({signer('eve').public.short}), unknown there" in airside("deploy", "preprod", "--yes").err


def test_a_move_without_a_key_is_refused_where_one_is_demanded(airside: Airside, trusting: Folder) -> None:
    done = airside("deploy", "preprod", "--yes")
    assert done.code == 3
    assert "you have none" in done.err
    assert "AIRSIDE_SIGNING_KEY" in done.err


def test_a_deploy_that_would_lack_signatures_names_the_way(
    airside: Airside, trusting: Folder, act_as: Callable[[str], None]
) -> None:
    act_as("ana")
    done = airside("deploy", "production", "--yes")
    assert done.code == 3
    assert "have it signed there, and promote it" in done.err
    assert not [key for key in trusting.store_keys() if key.startswith(("packs/", "releases/"))]


def test_unpin_and_rollback_are_refused_with_the_wrong_key(
    airside: Airside, folder: Folder, act_as: Callable[[str], None]
) -> None:
    act_as("ci")
    airside("deploy", "preprod", "--yes")
    folder.write("lib/sums.py", "total = sum\n")
    folder.write("trust.toml", trust_text(RULES))
    folder.commit()
    airside("deploy", "preprod", "--yes")
    act_as("ben")
    assert airside("rollback", "preprod", "--yes").code == 3
    act_as("ci")
    assert airside("rollback", "preprod", "--yes").code == 0
    act_as("ben")
    assert airside("unpin", "preprod").code == 3
    act_as("ci")
    assert airside("unpin", "preprod").code == 0


def test_a_rollback_to_a_release_that_is_trusted_no_more_is_refused(
    airside: Airside, folder: Folder, act_as: Callable[[str], None]
) -> None:
    airside("deploy", "preprod", "--yes")
    act_as("ci")
    folder.write("lib/sums.py", "total = sum\n")
    folder.write("trust.toml", trust_text(RULES))
    folder.commit()
    airside("deploy", "preprod", "--yes")
    done = airside("rollback", "preprod", "--yes")
    assert done.code == 3
    assert "is signed by nobody" in done.err


def test_what_is_served_unsigned_is_released_again_once_signatures_are_demanded(
    airside: Airside, folder: Folder, store: FolderStore, act_as: Callable[[str], None]
) -> None:
    airside("deploy", "preprod", "--yes")
    folder.write("trust.toml", trust_text(RULES))
    folder.commit()
    act_as("ci")
    assert document(airside("deploy", "preprod", "--yes", "--json"))["moved"] is True
    assert accepted(store, "preprod")
    assert "Nothing to do" in airside("deploy", "preprod", "--yes").out


def test_a_forged_name_of_a_signer_is_shown_as_such(
    airside: Airside, trusting: Folder, store: FolderStore, act_as: Callable[[str], None]
) -> None:
    act_as("ci")
    airside("deploy", "preprod", "--yes")
    (path,) = (trusting.root / ".store" / "releases").iterdir()
    stored = json.loads(path.read_text())
    stored["signatures"][0]["sig"] = base64.b64encode(b"\0" * 64).decode()
    path.write_text(json.dumps(stored, separators=(",", ":"), sort_keys=True))
    assert document(airside("releases", "--json"))[0]["signed_by"] == ["ci (which does not hold)"]


def test_a_bad_trust_file_stops_every_move(airside: Airside, trusting: Folder, act_as: Callable[[str], None]) -> None:
    act_as("ci")
    trusting.write("trust.toml", "format = 1\n")
    done = airside("deploy", "preprod", "--yes", "--allow-dirty")
    assert done.code == 2
    assert "trust.toml" in done.err
    (trusting.root / "trust.toml").unlink()
    (trusting.root / "trust.toml").symlink_to("nowhere")
    assert airside("deploy", "preprod", "--yes", "--allow-dirty").code == 2


def test_a_trust_file_of_another_workspace_stops_every_move(
    airside: Airside, folder: Folder, act_as: Callable[[str], None]
) -> None:
    act_as("ci")
    folder.write("trust.toml", trust_text(RULES, workspace="other-flows"))
    folder.commit()
    done = airside("deploy", "preprod", "--yes")
    assert done.code == 3
    assert "'other-flows'" in done.err


def test_a_private_key_in_the_variable_never_shows_up(
    airside: Airside, trusting: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = pem_of("ci").decode()
    secret = pem.splitlines()[1]
    forms = [pem, base64.b64encode(pem.encode()).decode(), pem.replace("BEGIN", "BEGIN X"), secret, pem[:60]]
    for form in forms:
        monkeypatch.setenv("AIRSIDE_SIGNING_KEY", form)
        for arguments in (
            ["deploy", "preprod", "--yes", "-v"],
            ["promote", "preprod", "production", "--yes", "-v"],
            ["history", "preprod", "-v", "--json"],
            ["rollback", "preprod", "--yes", "--json"],
            ["keys", "list", "-v"],
            ["sign", "20261121-043000-d2ccf3dd", "-v"],
        ):
            done = airside(*arguments)
            assert done.code != 70
            for canary in (secret, base64.b64encode(pem.encode()).decode()[40:80], pem[28:60]):
                assert canary not in done.out + done.err
    stored = b"".join(path.read_bytes() for path in (trusting.root / ".store").rglob("*") if path.is_file())
    assert secret.encode() not in stored


def test_a_key_is_not_taken_from_the_command_line(airside: Airside) -> None:
    done = airside("sign", "20261121-043000-d2ccf3dd", "--key", pem_of("ci").decode())
    assert done.code == 2
    assert "--key takes no key itself" in done.err
    assert pem_of("ci").decode().splitlines()[1] not in done.err


def test_what_is_no_release_is_not_signed(airside: Airside, trusting: Folder, act_as: Callable[[str], None]) -> None:
    act_as("ana")
    done = airside("sign", "latest", "--yes")
    assert done.code == 2
    assert "'latest' is not the id of a release" in done.err
    assert "airside releases" in done.err


def test_a_release_of_another_workspace_is_not_signed(
    airside: Airside, folder: Folder, act_as: Callable[[str], None]
) -> None:
    act_as("ana")
    release = document(airside("deploy", "preprod", "--yes", "--json"))["release"]
    folder.write("airside.toml", (folder.root / "airside.toml").read_text().replace("sales-flows", "other-flows"))
    done = airside("sign", release, "--yes")
    assert done.code == 3
    assert "is of workspace 'sales-flows'" in done.err


def test_a_place_that_somebody_took_for_a_signature_is_named(
    airside: Airside, trusting: Folder, store: FolderStore, act_as: Callable[[str], None]
) -> None:
    act_as("ci")
    release = document(airside("deploy", "preprod", "--yes", "--json"))["release"]
    ana = signer("ana")
    key = f"signatures/{release}/{ana.public.keyid}.json"
    junk = {"format": 1, "kind": "signature", "release": release, "keyid": ana.public.keyid, "sig": "AAAA"}
    store.create(key, json.dumps(junk).encode())
    act_as("ana")
    done = airside("sign", release, "--yes")
    assert done.code == 5
    assert key in done.err
    assert "removes it; then sign again" in done.err


def test_what_is_shown_before_signing_cannot_move_the_cursor(
    airside: Airside, folder: Folder, act_as: Callable[[str], None]
) -> None:
    act_as("ana")
    folder.write("lib/sums.py", "total = sum\n")
    folder.git("add", "--all")
    folder.git("commit", "--quiet", "--message", "good\x1b[2K\x1b[1A\u202eevil")
    release = document(airside("deploy", "preprod", "--yes", "--json"))["release"]
    shown = airside("sign", release).out
    assert "good\ufffd[2K\ufffd[1A\ufffdevil" in shown
    assert "\x1b" not in shown
