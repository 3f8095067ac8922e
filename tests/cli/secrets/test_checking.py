import json

from sealed import make_identity
from secret_place import Place

DOCUMENT = "connections:\n    dwh: {conn_type: x, password: hunter2}\nvariables:\n    a: hunter2\n"


def messages(place: Place, *arguments: str) -> list[str]:
    said = place("check", *arguments, "--json")
    assert "hunter2" not in said.all
    found = json.loads(said.out)["findings"]
    assert said.code == (1 if found else 0)
    assert all(finding["hint"] for finding in found)
    return [f"{finding['file']}: {finding['message']}" for finding in found]


def test_a_good_workspace_has_no_findings(place: Place) -> None:
    place("init", "dev", "preprod")
    place.filled(DOCUMENT)
    place.commit()
    assert messages(place) == []
    assert "2 documents hold" in place("check").out


def test_a_document_in_clear_is_found(place: Place) -> None:
    place("init")
    place.document().write_text(DOCUMENT)
    assert messages(place) == ["dev.yaml: is not encrypted"]


def test_a_value_that_was_added_in_clear_is_found_by_its_name(place: Place) -> None:
    place.filled(DOCUMENT)
    text = place.document().read_text()
    place.document().write_text(text.replace("variables:\n", "variables:\n    b: hunter2\n"))
    assert any("variables.b is in clear" in found for found in messages(place))


def test_what_was_changed_without_the_key_is_found(place: Place) -> None:
    place.filled(DOCUMENT)
    lines = place.document().read_text().splitlines(keepends=True)
    place.document().write_text("".join(line for line in lines if "password:" not in line))
    assert len(messages(place)) == 1


def test_other_recipients_than_the_rules_say_are_found(place: Place) -> None:
    ben = make_identity()
    place.filled(DOCUMENT)
    rules = place.root / ".sops.yaml"
    rules.write_text(rules.read_text().replace(place.me.public, ben.public))
    found = messages(place)
    assert any(place.me.public in message and "is not in" in message for message in found)
    assert any(ben.public in message and "cannot decrypt" in message for message in found)


def test_a_document_for_nobody_and_one_that_git_ignores_are_found(place: Place) -> None:
    place.filled(DOCUMENT)
    place.document().with_name("old.yaml").write_bytes(place.document().read_bytes())
    (place.root / ".gitignore").write_text("secrets/dev.yaml\n")
    place.commit()
    found = messages(place)
    assert any(message.startswith("old.yaml: is for no environment") for message in found)
    assert any(message.startswith("dev.yaml: is ignored by git") for message in found)


def test_without_a_key_what_was_not_checked_is_said(place: Place) -> None:
    place.filled(DOCUMENT)
    place.becomes(make_identity())
    said = place("check", "--json")
    assert said.code == 0
    assert "secrets/dev.yaml" in json.loads(said.out)["not_checked"]
    assert "were not checked" in place("check").out


def test_an_environment_without_a_document_is_refused(place: Place) -> None:
    assert place("check", "preprod").code == 2


def test_a_team_may_leave_hosts_readable_and_no_password(place: Place) -> None:
    rules = f"creation_rules:\n  - age: {place.me.public}\n    encrypted_regex: ^(host|variables)$\n"
    (place.root / ".sops.yaml").write_text(rules)
    place.saves(DOCUMENT)
    said = place("edit", "dev")
    assert said.code == 1
    assert "connections.dwh.password: would not be encrypted" in said.err
    assert "hunter2" not in said.all
    assert not place.document().exists()
