import json
import stat
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from folders import Folder

from airside.signing.trust import load_trust

Airside = Callable[..., SimpleNamespace]


def document(done: SimpleNamespace) -> Any:  # noqa: ANN401 - each verb has its own document
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "configuration" / "airside" / "keys"


def test_a_key_is_made_listed_and_not_replaced(airside: Airside, keys: Path) -> None:
    made = document(airside("keys", "generate", "--json"))
    assert stat.S_IMODE((keys / "default.pem").stat().st_mode) == 0o600
    assert document(airside("keys", "list", "--json")) == [made]
    assert airside("keys", "generate").code == 2
    assert "PRIVATE" not in airside("keys", "list", "-v").out


def test_keys_are_listed_outside_a_workspace(airside: Airside, tmp_path: Path) -> None:
    airside("keys", "generate", "ci")
    (entry,) = document(airside("keys", "list", "--json", "-C", str(tmp_path)))
    assert entry["name"] == "ci"


def test_an_exported_key_is_trusted_by_a_colleague(airside: Airside, folder: Folder, tmp_path: Path) -> None:
    airside("keys", "generate")
    exported = airside("keys", "export", "--as", "ana")
    assert "uri" not in json.loads(exported.out)
    file = tmp_path / "ana.json"
    file.write_text(exported.out)
    done = airside("keys", "trust", str(file), "--environment", "production")
    assert done.code == 0
    assert "git add trust.toml" in done.out
    trust = load_trust(folder.root / "trust.toml", guarded=False)
    assert trust.workspace == "sales-flows"
    assert list(trust.rule("production").releases) == ["ana"]
    assert trust.rule("dev").unsigned, "the first rule does not close the other environments"
    (entry,) = document(airside("keys", "list", "--json"))
    assert (entry["name"], entry["trusted_as"], entry["releases"]) == ("default", ["ana"], ["production"])


def test_comments_and_order_of_the_trust_file_stay(airside: Airside, folder: Folder) -> None:
    airside("keys", "generate", "ci")
    airside("keys", "generate", "ben")
    airside("keys", "trust", "ci", "-e", "production")
    path = folder.root / "trust.toml"
    path.write_text(path.read_text().replace("[environments.production]", "# money\n[environments.production] # !"))
    airside("keys", "trust", "ben", "-e", "production", "-e", "preview/*", "--threshold", "1")
    text = path.read_text()
    assert "# money\n[environments.production] # !" in text
    assert text.index("# Whom to trust") < text.index("# money") < text.index("[keys.ci]") < text.index("[keys.ben]")
    assert list(load_trust(path, guarded=False).rule("preview/x").releases) == ["ben"]


def test_naming_who_may_move_shuts_nobody_out(airside: Airside, folder: Folder) -> None:
    for name in ("ci", "ana"):
        airside("keys", "generate", name)
    airside("keys", "trust", "ci", "-e", "production")
    airside("keys", "trust", "ana", "-e", "production", "--moves")
    rule = load_trust(folder.root / "trust.toml", guarded=False).rule("production")
    assert (list(rule.releases), list(rule.moves)) == (["ci"], ["ci", "ana"])
    airside("keys", "trust", "ci", "-e", "production", "--moves", "--remove")
    rule = load_trust(folder.root / "trust.toml", guarded=False).rule("production")
    assert (list(rule.releases), list(rule.moves)) == (["ci"], ["ana"])


def test_what_would_not_hold_is_not_written(airside: Airside, folder: Folder) -> None:
    airside("keys", "generate", "ci")
    airside("keys", "trust", "ci", "-e", "production")
    path = folder.root / "trust.toml"
    before = path.read_text()
    for arguments, told in (
        (["ci", "-e", "production", "--threshold", "2"], "2 signatures can never be had of 1 keys"),
        (["ci", "-e", "Not a name"], "expected the name of an environment"),
        (["ci", "-e", "staging", "--moves"], "expected releases"),
        (["ci", "--remove"], "expected the name of at least one key"),
        (["ci", "--remove", "-e", "staging"], "no table for environment 'staging'"),
        (["ana", "--remove"], "has no key 'ana' (known: ci)"),
        (["ana"], "There is no key 'ana'"),
        (["ci", "--threshold", "1"], "--threshold is about environments"),
        (["ci", "--as", "../ci"], "is not a name"),
    ):
        done = airside("keys", "trust", *arguments)
        assert (done.code, told in done.err) == (2, True), done.err
        assert path.read_text() == before


def test_one_name_is_not_given_to_two_keys(airside: Airside, folder: Folder) -> None:
    for name in ("ci", "robot"):
        airside("keys", "generate", name)
    airside("keys", "trust", "ci")
    done = airside("keys", "trust", "robot", "--as", "ci")
    assert done.code == 2
    assert "has another key 'ci'" in done.err
    assert airside("keys", "trust", "ci", "-e", "production").code == 0, "the same key again"


def test_a_key_that_is_removed_is_gone_everywhere(airside: Airside, folder: Folder) -> None:
    for name in ("ci", "ana"):
        airside("keys", "generate", name)
        airside("keys", "trust", name, "-e", "production", "-e", "preprod")
    assert airside("keys", "trust", "ana", "--remove", "-e", "preprod").code == 0
    trust = load_trust(folder.root / "trust.toml", guarded=False)
    assert (list(trust.rule("preprod").releases), "ana" in trust.keys) == (["ci"], True)
    assert airside("keys", "trust", "ana", "--remove").code == 0
    assert "ana" not in (folder.root / "trust.toml").read_text()


def test_the_name_default_is_not_trusted_without_an_owner(airside: Airside, folder: Folder) -> None:
    airside("keys", "generate")
    done = airside("keys", "trust", "default")
    assert done.code == 2
    assert "--as" in done.err
    assert not (folder.root / "trust.toml").exists()


def test_a_kms_without_its_library_is_named(airside: Airside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("securesystemslib.signer._vault_signer.VAULT_IMPORT_ERROR", "missing")
    done = airside("keys", "add", "releases", "hv:releases")
    assert done.code == 2
    assert "uv tool install airside --with hvac" in done.err
