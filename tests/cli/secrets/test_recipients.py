import json

import pytest
from sealed import make_identity
from secret_place import Place

DOCUMENT = "variables:\n    token: hunter2\n    other: x\n"


def test_who_was_added_can_decrypt_and_who_was_removed_cannot_read_what_is_new(place: Place) -> None:
    ben = make_identity()
    place("init")
    place.filled(DOCUMENT)
    assert place("recipients", "add", "dev", ben.public).code == 0
    assert place.values(who=ben)["variables"]["token"] == "hunter2"
    place.commit()
    old = place.document().read_text()
    removed = place("recipients", "remove", "dev", ben.public)
    assert removed.code == 0
    assert "variables.token" in removed.out
    assert ben.public not in place.document().read_text() + (place.root / ".sops.yaml").read_text()
    assert not set(_ciphertexts(old)) & set(_ciphertexts(place.document().read_text()))
    assert place("set", "dev", "variables.token", stdin="new").code == 0
    place.becomes(ben)
    assert place("get", "dev", "variables.token", "--reveal").code == 2


def _ciphertexts(text: str) -> list[str]:
    return [line for line in text.splitlines() if "ENC[" in line]


def test_a_removed_key_must_be_assumed_to_know_what_was_ever_committed(place: Place) -> None:
    ben = make_identity()
    place("init")
    place.filled(DOCUMENT)
    place("recipients", "add", "dev", ben.public)
    place.commit()
    place("unset", "dev", "variables.other")
    place.commit()
    place("set", "dev", "variables.now", stdin="x")
    said = place("recipients", "remove", "dev", ben.public, "--json")
    assert set(json.loads(said.out)["assumed_known"]["secrets/dev.yaml"]) == {
        "variables.token",
        "variables.other",
        "variables.now",
    }


def test_base_is_shared_with_whoever_can_read_an_environment(place: Place) -> None:
    ben = make_identity()
    place("init", "dev", "preprod")
    place.filled(DOCUMENT, "base")
    for environment in ("dev", "preprod"):
        assert place("recipients", "add", environment, ben.public).code == 0
    assert place.values("base", who=ben)["variables"]["other"] == "x"
    assert json.loads(place("recipients", "remove", "dev", ben.public, "--json").out)["changed"] == ["secrets/dev.yaml"]
    assert place.values("base", who=ben)["variables"]["other"] == "x"
    last = json.loads(place("recipients", "remove", "preprod", ben.public, "--json").out)
    assert last["changed"] == ["secrets/base.yaml", "secrets/preprod.yaml"]
    assert place("check").code == 0


def test_adding_again_changes_nothing_and_repairs_what_was_left_undone(place: Place) -> None:
    ben = make_identity()
    place("init")
    rules = place.root / ".sops.yaml"
    before = place.document().read_bytes()
    place("recipients", "add", "dev", ben.public)
    assert "had access already" in place("recipients", "add", "dev", ben.public).out
    place.document().write_bytes(before)
    assert place("check").code == 1
    text = rules.read_bytes()
    assert place("recipients", "add", "dev", ben.public).code == 0
    assert rules.read_bytes() == text
    assert place("check").code == 0


def test_the_last_key_is_not_removed(place: Place) -> None:
    place("init")
    before = (place.root / ".sops.yaml").read_bytes(), place.document().read_bytes()
    assert place("recipients", "remove", "dev", place.me.public).code == 3
    assert ((place.root / ".sops.yaml").read_bytes(), place.document().read_bytes()) == before


def test_a_rule_that_others_share_is_changed_only_when_that_is_confirmed(place: Place) -> None:
    ben = make_identity()
    rules = f"# ours\ncreation_rules:\n  - age: {place.me.public}  # ana\n"
    (place.root / ".sops.yaml").write_text(rules)
    place("init", "dev", "preprod")
    refused = place("recipients", "add", "dev", ben.public)
    assert refused.code == 3
    assert "preprod" in refused.err
    assert (place.root / ".sops.yaml").read_text() == rules
    assert place("recipients", "add", "dev", ben.public, "--yes").code == 0
    after = (place.root / ".sops.yaml").read_text()
    assert after.split() == rules.replace(place.me.public, f"{place.me.public},{ben.public}").split()
    assert "variables" in place.values("preprod", who=ben)


def test_who_has_no_access_cannot_be_removed(place: Place) -> None:
    place("init")
    assert place("recipients", "remove", "dev", make_identity().public).code == 2


@pytest.mark.parametrize("key", ["age1nonsense", "ana", "", "ssh-rsa"])
def test_what_is_no_key_is_refused(place: Place, key: str) -> None:
    place("init")
    assert place("recipients", "add", "dev", key).code == 2


def test_a_private_key_is_refused_and_not_repeated(place: Place) -> None:
    place("init")
    said = place("recipients", "add", "dev", make_identity().secret)
    assert said.code == 2
    assert "SECRET-KEY-" not in said.all


def test_rotate_is_for_those_whom_the_rules_name_now(place: Place) -> None:
    ben = make_identity()
    place("init")
    rules = place.root / ".sops.yaml"
    rules.write_text(rules.read_text().replace(place.me.public, f"{place.me.public}\n      - {ben.public}"))
    assert place("check").code == 1
    assert place("rotate", "dev").code == 0
    assert place("check").code == 0
    assert "variables" in place.values(who=ben)


def test_a_private_key_is_not_repeated_by_remove(place: Place) -> None:
    place("init")
    said = place("recipients", "remove", "dev", make_identity().secret)
    assert said.code == 2
    assert "SECRET-KEY-" not in said.all


def test_a_key_of_a_document_that_is_not_there_yet(place: Place) -> None:
    place("init")
    key = make_identity().public
    said = place("recipients", "add", "base", key)
    assert f".sops.yaml names {key}; there is no document yet" in said.out
    assert "airside secrets edit base" in said.out
    again = place("recipients", "add", "base", key)
    assert "had access already" in again.out
    assert "next:" not in again.out


@pytest.mark.parametrize("verb", [["edit", "dev"], ["rotate", "dev"], ["recipients", "list"], ["init"]])
def test_rules_that_cannot_be_read_are_what_is_blamed(place: Place, verb: list[str]) -> None:
    place("init")
    (place.root / ".sops.yaml").write_text("creation_rules: [")
    place.saves("variables: {a: b}\n")
    said = place(*verb)
    assert said.code == 2
    assert ".sops.yaml" in said.err
    assert len(said.err.strip().splitlines()) == 2
