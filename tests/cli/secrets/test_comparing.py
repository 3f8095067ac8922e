import json

import pytest
from sealed import make_identity
from secret_place import Place

DOCUMENT = "connections:\n    dwh: {conn_type: x, password: hunter2}\nvariables:\n    a: hunter2\n    b: y\n"


def actions(text: str) -> dict[str, str]:
    return {found["name"]: found["action"] for found in json.loads(text)["differences"]}


@pytest.fixture
def changed(place: Place) -> Place:
    place.filled(DOCUMENT)
    place.commit()
    place("set", "dev", "connections.dwh.password", stdin="hunter3")
    place("set", "dev", "variables.new", stdin="hunter4")
    place("unset", "dev", "variables.b")
    return place


def test_names_are_shown_and_values_only_when_that_is_asked(changed: Place) -> None:
    said = changed("diff", "dev")
    assert said.out.splitlines() == ["~ connections.dwh (password)", "+ variables.new", "- variables.b"]
    as_json = changed("diff", "dev", "--json")
    assert as_json.code == 0
    assert "hunter" not in said.all + as_json.all
    assert "hunter3" in changed("diff", "dev", "--reveal").out
    assert "hunter3" in changed("diff", "dev", "--reveal", "--json").out


def test_what_was_only_encrypted_anew_does_not_differ(changed: Place) -> None:
    changed.commit()
    changed("rotate", "dev")
    assert "Nothing differs" in changed("diff", "dev").out


def test_without_a_key_ciphertexts_are_compared(changed: Place) -> None:
    changed.becomes(make_identity())
    said = changed("diff", "dev", "--json")
    assert json.loads(said.out)["compared"] == "ciphertext"
    assert actions(said.out) == {
        "connections.dwh": "changed",
        "variables.new": "added",
        "variables.b": "removed",
    }
    assert changed("diff", "dev", "--reveal").code == 2


def test_environments_are_compared_with_what_base_gives_them(place: Place) -> None:
    place("init", "dev", "preprod")
    place.filled("variables: {shared: x, own: base}\n", "base")
    place.filled("variables: {own: dev, mine: x}\n")
    place.filled("variables: {own: dev}\n", "preprod")
    assert actions(place("diff", "dev", "--against", "preprod", "--json").out) == {"variables.mine": "added"}
    place.becomes(make_identity())
    by_name = json.loads(place("diff", "dev", "--against", "preprod", "--json").out)
    assert by_name["compared"] == "names"
    assert [found["name"] for found in by_name["differences"]] == ["variables.mine"]


def test_against_a_branch_or_tag(changed: Place) -> None:
    changed.git("tag", "v1")
    changed.commit()
    assert "Nothing differs" in changed("diff", "dev").out
    assert "variables.new" in changed("diff", "dev", "--against", "v1").out


@pytest.mark.parametrize("reference", ["nowhere", "--output=x", "HEAD~5"])
def test_an_unknown_reference_is_refused(changed: Place, reference: str) -> None:
    assert changed("diff", "dev", f"--against={reference}").code == 2


def test_a_broken_document_is_told(changed: Place) -> None:
    path = changed.document()
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "conn_type" not in line))
    assert changed("diff", "dev").code == 5


def test_before_the_first_commit_all_is_new(place: Place) -> None:
    place.filled(DOCUMENT)
    place.git("init", "-q")
    assert actions(place("diff", "dev", "--json").out) == dict.fromkeys(
        ("connections.dwh", "variables.a", "variables.b"), "added"
    )


def test_against_what_is_applied(changed: Place) -> None:
    assert set(actions(changed("diff", "dev", "--applied", "--json").out)) == {
        "connections.dwh",
        "variables.a",
        "variables.new",
    }
    changed.commit()
    assert changed("apply", "dev", "--yes").code == 0
    assert "Nothing differs" in changed("diff", "dev", "--applied").out
    changed("set", "dev", "variables.a", stdin="other")
    assert actions(changed("diff", "dev", "--applied", "--json").out) == {"variables.a": "changed"}
