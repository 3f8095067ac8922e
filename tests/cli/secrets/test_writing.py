import json
import os
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest
from sealed import make_identity
from secret_place import Place

DOCUMENT = """\
# of all
connections:
    # about the warehouse
    dwh:
        conn_type: postgres
        host: db.example.com
        port: 5432
        password: hunter2
        extra:
            sslmode: require
variables:
    # why three
    limit: 3
    text: |
        one
        two
"""


def changed_lines(before: str, after: str) -> list[str]:
    """Return the names of the lines of a document that another one has not; those of its checksum apart."""
    old = set(before.splitlines())
    names = [line.strip().partition(":")[0] for line in after.splitlines() if line not in old]
    return [name for name in names if name not in ("lastmodified", "mac")]


def test_init_makes_the_key_the_rules_and_an_empty_document_and_is_idempotent(place: Place, tmp_path: Path) -> None:
    key = tmp_path / "configuration" / "airside" / "age" / "keys.txt"
    key.unlink()
    first = place("init", "--json")
    assert first.code == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert json.loads(first.out)["made"] == [".sops.yaml", "secrets/dev.yaml"]
    before = {path: path.read_bytes() for path in (key, place.root / ".sops.yaml", place.document())}
    again = place("init")
    assert "All is there already" in again.out
    assert "recipients add ENV age1" in again.out
    assert {path: path.read_bytes() for path in before} == before


def test_init_gives_each_environment_a_rule_of_its_own(place: Place) -> None:
    assert place("init", "dev", "preview/mine").code == 0
    text = (place.root / ".sops.yaml").read_text()
    assert text.count("path_regex") == 3
    assert place.document("preview--mine").exists()
    assert place("check").code == 0


def test_init_adds_to_the_rules_of_a_team_and_keeps_what_they_say(place: Place) -> None:
    other = make_identity()
    team = f"""\
# ours
creation_rules:
# production, for ana alone
- path_regex: secrets/preprod\\.yaml$   # trailing
  age: {other.public}
stores: {{yaml: {{indent: 2}}}}
"""
    (place.root / ".sops.yaml").write_text(team)
    assert place("init", "dev").code == 0
    text = (place.root / ".sops.yaml").read_text()
    assert [line for line in team.splitlines() if line not in text.splitlines()] == []
    assert place("set", "preprod", "variables.x", stdin="y").code == 2  # encrypted for ana, and so not read back


def test_set_changes_one_ciphertext_and_keeps_comments(place: Place) -> None:
    place.filled(DOCUMENT)
    before = place.document().read_text()
    assert place("set", "dev", "connections.dwh.password", stdin="new\n").code == 0
    assert changed_lines(before, place.document().read_text()) == ["password"]
    assert place.text() == DOCUMENT.replace("hunter2", "new")


@pytest.mark.parametrize(
    ("name", "stdin", "found"),
    [
        ("variables.limit", "4\n", "4"),
        ("variables.new", "a: b # c\n", "a: b # c"),
        ("variables.new", "one\ntwo\n\n", "one\ntwo\n"),
        ("variables.new", "\r\n\t \u2028 é 😀 \x7f", "\r\n\t \u2028 é 😀 \x7f"),
        ("variables.with.dots", "-", "-"),
        ("variables.yes", "2026-01-31", "2026-01-31"),
        ("variables.text", "<<<<<<< x", "<<<<<<< x"),
        ("variables.new", "*alias &anchor !tag", "*alias &anchor !tag"),
        ("variables.new", "010", "010"),
    ],
)
def test_set_keeps_text_as_it_was_given(place: Place, name: str, stdin: str, found: str) -> None:
    place.filled(DOCUMENT)
    assert place("set", "dev", name, stdin=stdin).code == 0
    assert place.values()["variables"][name.removeprefix("variables.")] == found
    revealed = place("get", "dev", name, "--reveal", "--json")
    assert json.loads(revealed.out)["value"] == found
    assert "# about the warehouse" in place.text()


@pytest.mark.parametrize("value", [5, 2**53 + 1, 1.5, True, None, [1, {"a": "b"}], {"x": {}}, ""])
def test_a_value_of_json_stays_what_it_is(place: Place, value: object) -> None:
    place.filled(DOCUMENT)
    said = place("set", "dev", "variables.limit", "--json-value", stdin=json.dumps({"v": value}))
    assert said.code == 0
    assert json.loads(place("get", "dev", "variables.limit", "--reveal", "--json").out)["value"] == {"v": value}


def test_a_connection_is_set_whole_or_by_field(place: Place) -> None:
    assert place("set", "dev", "connections.a.b", stdin="postgres://u:p@h/d").code == 0
    assert place("set", "dev", "connections.c", "--json-value", stdin='{"conn_type": "http"}').code == 0
    assert place("set", "dev", "connections.c.port", stdin="80").code == 0
    assert place("set", "dev", "connections.c.extra.time.out", stdin="30").code == 0
    assert place("set", "dev", "connections.c.extra.k", "--json-value", stdin="[1]").code == 0
    found = place.values()["connections"]
    assert found["a.b"] == "postgres://u:p@h/d"
    assert found["c"] == {"conn_type": "http", "port": 80, "extra": {"time.out": "30", "k": [1]}}


def test_an_id_that_ends_like_a_field_is_meant_as_a_whole(place: Place) -> None:
    place.filled("connections:\n    api.host: http://h\n    api: {conn_type: http, host: x}\n")
    assert place("get", "dev", "connections.api.host", "--reveal").out == "http://h\n"


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("connections.dwh",), "hunter2secret", "neither a URI nor a mapping"),
        (("connections.dwhh.password",), "hunter2secret", "has no connection 'dwhh'; did you mean 'dwh'?"),
        (("connections.uri.password",), "hunter2secret", "is a URI and has no fields"),
        (("connections.dwh.port",), "hunter2secret", "whole number"),
        (("variables.x", "--json-value"), "hunter2secret", "not JSON"),
        (("variables.x",), "\n", "is empty"),
        (("variables.x_unencrypted",), "hunter2secret", "would not be encrypted"),
        (("pools.x",), "hunter2secret", "names no secret"),
        (("variables.",), "hunter2secret", "names no secret"),
    ],
)
def test_what_cannot_be_set_is_refused_without_its_value(
    place: Place, arguments: tuple[str, ...], stdin: str, said: str
) -> None:
    place.filled(DOCUMENT.replace("variables:", "    uri: http://x\nvariables:"))
    before = place.document().read_bytes()
    refused = place("set", "dev", *arguments, stdin=stdin)
    assert refused.code in (1, 2)
    assert said in refused.err
    assert "hunter2" not in refused.all
    assert place.document().read_bytes() == before


def test_an_empty_value_is_taken_when_it_is_meant(place: Place) -> None:
    assert place("set", "dev", "variables.x", "--allow-empty").code == 0
    assert place.values()["variables"] == {"x": ""}


def test_set_of_the_same_value_changes_no_byte(place: Place) -> None:
    place.filled(DOCUMENT)
    before = place.document().read_bytes()
    assert "has this value already" in place("set", "dev", "connections.dwh.password", stdin="hunter2").out
    assert place.document().read_bytes() == before


def test_unset_takes_out_what_is_named_and_nothing_else(place: Place) -> None:
    place.filled(DOCUMENT)
    assert place("unset", "dev", "variables.text", "connections.dwh.port", "connections.dwh.extra.sslmode").code == 0
    found = place.values()
    assert found["variables"] == {"limit": 3}
    assert set(found["connections"]["dwh"]) - {"extra"} == {"conn_type", "host", "password"}
    assert "# why three" in place.text()


def test_the_last_name_of_a_section_is_taken_out_and_another_one_put_in(place: Place) -> None:
    place.filled("connections:\n    web: http://x\nvariables:\n    only: x\n")
    assert place("unset", "dev", "variables.only").code == 0
    assert place("check", "dev").code == 0
    assert "only" not in place("list", "dev").out
    assert place("unset", "dev", "connections.web").code == 0
    assert place("set", "dev", "variables.again", stdin="y").code == 0
    assert place.values()["variables"] == {"again": "y"}


def test_unset_of_an_unknown_name_changes_nothing(place: Place) -> None:
    place.filled(DOCUMENT)
    before = place.document().read_bytes()
    assert place("unset", "dev", "variables.limit", "variables.nothing").code == 2
    assert place.document().read_bytes() == before


def test_get_shows_no_value_unless_it_is_asked_to(place: Place) -> None:
    place.filled(DOCUMENT)
    hidden = [place("get", "dev", "connections.dwh", *more).all for more in ((), ("--json",), ("--verbose",))]
    assert all("hunter2" not in said and "db.example" not in said for said in hidden)
    assert place("get", "dev", "connections.dwh.password", "--reveal").out == "hunter2\n"


def test_get_and_list_look_at_the_environment_first_and_then_at_base(place: Place) -> None:
    place("init")
    place.filled("variables: {shared: base, own: base}\n", "base")
    place.filled("variables: {own: dev}\n")
    assert [place("get", "dev", f"variables.{n}", "--reveal").out for n in ("shared", "own")] == ["base\n", "dev\n"]
    place.patch.setenv("PATH", os.defpath)
    listed = json.loads(place("list", "dev", "--json").out)["secrets"]
    assert [(row["name"], row["file"]) for row in listed] == [
        ("own", "secrets/dev.yaml"),
        ("shared", "secrets/base.yaml"),
    ]
    assert len(json.loads(place("list", "dev", "--all", "--json").out)["secrets"]) == 3


def test_a_mistyped_name_is_told_with_the_nearest(place: Place) -> None:
    place.filled(DOCUMENT)
    said = place("get", "dev", "connections.dhw")
    assert said.code == 2
    assert "did you mean 'dwh'" in said.err


def test_rotate_changes_every_ciphertext_and_no_value(place: Place) -> None:
    place.filled(DOCUMENT)
    before, values = place.document().read_text(), place.values()
    assert place("rotate", "dev").code == 0
    assert "password" in changed_lines(before, place.document().read_text())
    assert "host" in changed_lines(before, place.document().read_text())
    assert place.values() == values


def test_a_document_that_was_tampered_with_is_neither_read_nor_written(place: Place) -> None:
    place.filled(DOCUMENT)
    lines = place.document().read_text().splitlines(keepends=True)
    place.document().write_text("".join(line for line in lines if "host:" not in line))
    before = place.document().read_bytes()
    assert place("get", "dev", "variables.limit", "--reveal").code == 5
    assert place("set", "dev", "variables.limit", stdin="9").code == 5
    assert place("rotate", "dev").code == 5
    assert place.document().read_bytes() == before


def test_a_document_that_is_not_encrypted_is_refused_without_a_value(place: Place) -> None:
    place("init")
    place.document().write_text("variables: {x: hunter2}\n")
    for arguments in (("get", "dev", "variables.x", "--reveal"), ("rotate", "dev"), ("edit", "dev")):
        said = place(*arguments)
        assert said.code in (1, 2)
        assert "hunter2" not in said.all
        assert "not encrypted" in said.err


def test_marks_of_a_merge_are_named(place: Place) -> None:
    place.filled(DOCUMENT)
    place.document().write_text(f"<<<<<<< HEAD\n{place.document().read_text()}=======\n>>>>>>> other\n")
    for verb in ("list", "edit", "check"):
        said = place(verb, "dev")
        assert said.code == 1
        assert "merge" in said.all


def test_without_the_key_the_way_to_access_is_named(place: Place) -> None:
    place.filled(DOCUMENT)
    stranger = make_identity()
    place.becomes(stranger)
    said = place("set", "dev", "variables.limit", stdin="5")
    assert said.code == 2
    assert f"recipients add dev {stranger.public}" in said.err


def test_a_key_that_others_can_read_is_not_used(place: Place, tmp_path: Path) -> None:
    place.filled(DOCUMENT)
    (tmp_path / "configuration" / "airside" / "age" / "keys.txt").chmod(0o644)
    said = place("set", "dev", "variables.limit", stdin="5")
    assert said.code == 2
    assert "chmod 600" in said.err


def test_without_sops_a_document_is_read_and_not_written(place: Place) -> None:
    place.filled(DOCUMENT)
    place.patch.setattr("airside.secrets.sops.shutil", SimpleNamespace(which=lambda *_, **__: None))
    said = place("set", "dev", "variables.limit", stdin="5")
    assert said.code == 2
    assert "airside[sops]" in said.err
    assert place("get", "dev", "connections.dwh.password", "--reveal").out == "hunter2\n"
    assert place("check").code == 0


def test_a_read_only_document_is_not_replaced(place: Place) -> None:
    place.filled(DOCUMENT)
    place.document().chmod(0o444)
    if os.access(place.document(), os.W_OK):
        pytest.skip("root writes to read-only files")
    said = place("set", "dev", "variables.limit", stdin="5")
    assert said.code == 2
    assert "read-only" in said.err


def test_a_team_that_leaves_hosts_readable_is_respected(place: Place) -> None:
    rules = f"creation_rules:\n  - age: {place.me.public}\n    encrypted_regex: ^(password|extra|variables)$\n"
    (place.root / ".sops.yaml").write_text(rules)
    place.filled(DOCUMENT)
    assert "host: db.example.com" in place.document().read_text()
    assert place("set", "dev", "connections.dwh.password", stdin="new").code == 0
    assert (place.root / ".sops.yaml").read_text() == rules
    assert place("check").code == 0


def test_unknown_environments_are_refused_by_every_verb(place: Place, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "configuration")
    for arguments in (
        ("edit",),
        ("set",),
        ("get",),
        ("unset",),
        ("list",),
        ("diff",),
        ("rotate",),
        ("check",),
        ("init",),
    ):
        more = ("variables.x",) if arguments[0] in ("set", "get", "unset") else ()
        assert place(*arguments, "nowhere", *more, stdin="x").code == 2
    assert not (tmp_path / "configuration").exists()


def test_a_value_is_not_asked_for_in_vain(place: Place) -> None:
    place.filled(DOCUMENT)
    said = place("set", "preprod", "variables.limit", stdin="")
    assert "No rule of .sops.yaml is for preprod.yaml" in said.err
    assert "airside secrets init preprod" in said.err
    place.becomes(make_identity())
    assert "cannot decrypt" in place("set", "dev", "variables.limit", stdin="").err


def test_an_editor_is_not_opened_in_vain(place: Place) -> None:
    place.filled(DOCUMENT)
    place.edits_with(f"touch '{place.root.parent}/opened'")
    said = place("edit", "preprod")
    assert said.code == 2
    assert "airside secrets init preprod" in said.err
    assert not (place.root.parent / "opened").exists()


def test_a_field_of_a_document_that_is_missing(place: Place) -> None:
    place.filled(DOCUMENT)
    said = place("set", "preprod", "connections.dwh.password", stdin="x")
    assert said.code == 2
    assert "airside secrets init preprod" in said.err


@pytest.mark.parametrize("reveal", [[], ["--reveal"]])
def test_get_says_nothing_of_a_field_that_is_not_there(place: Place, reveal: list[str]) -> None:
    place.filled("connections:\n  dwh: {conn_type: postgres, host: h}\n  uri: http://h\n")
    said = place("get", "dev", "connections.dwh.schema", *reveal)
    assert said.code == 2
    assert "has no connections.dwh.schema" in said.err
    assert "conn_type, host" in said.err
    assert "is a URI" in place("get", "dev", "connections.uri.host", *reveal).err
    assert "did you mean 'dwh.host'" in place("get", "dev", "connections.dwh.hots", *reveal).err


def test_get_prints_tabs_and_control_characters_as_they_are(place: Place) -> None:
    assert place("set", "dev", "variables.a", stdin="x\ty\x1b[31mz\r\nend").code == 0
    assert place("get", "dev", "variables.a", "--reveal").out == "x\ty\x1b[31mz\r\nend\n"


def test_a_connection_has_an_id(place: Place) -> None:
    assert place("set", "dev", "connections..conn_type", stdin="http").code == 2


def test_the_next_step_takes_the_rules_along(place: Place) -> None:
    assert place("init", "preprod").code == 0
    said = place("set", "preprod", "variables.a", stdin="x")
    assert "git add .sops.yaml secrets; git commit; airside secrets apply preprod" in said.out


@pytest.mark.parametrize("verb", [["list", "dev"], ["get", "dev", "variables.a"], ["edit", "dev"], ["rotate", "dev"]])
def test_a_document_that_is_cut_off_is_told_so(place: Place, verb: list[str]) -> None:
    place.filled(DOCUMENT)
    data = place.document().read_bytes()
    place.document().write_bytes(data[: data.index(b"\nsops:") + 1])
    said = place(*verb)
    assert said.code == 5
    assert "is cut off" in said.err
    assert "is cut off" in place("check", "dev").out
