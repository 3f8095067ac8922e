"""Changes in a text by its lines give what changes in its values would."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from airside.base.errors import FindingsError, UsageError
from airside.secrets.markup import load_markup
from airside.secrets.writing.address import Address, parse_address
from airside.secrets.writing.text import REMOVED, Within, change

_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\n\t\r\x85\u2028\x7f")
TEXTS = st.text(_CHARACTERS, max_size=12) | st.sampled_from(["yes", "010", "~", "a\n\nb\n\n", "  x\n y", "# no", "- a"])
NAMES = st.text(st.sampled_from("ab.é #:'\"-"), min_size=1, max_size=3)
LEAVES = TEXTS | st.integers(-(2**63), 2**63 - 1) | st.booleans()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
DOCUMENTS = st.dictionaries(st.sampled_from(["connections", "variables"]), st.dictionaries(NAMES, VALUES, max_size=4))
CHANGES = st.dictionaries(
    st.sampled_from(["connections", "variables"]),
    st.dictionaries(NAMES, VALUES | st.just(REMOVED), min_size=1, max_size=4).map(Within),
    max_size=2,
)


def _plain(document: dict[str, Any], changes: dict[str, Within]) -> dict[str, Any]:
    after = {section: dict(names) for section, names in document.items()}
    for section, within in changes.items():
        names = after.setdefault(section, {})
        for name, value in within.changes.items():
            names.pop(name, None)
            if value is not REMOVED:
                names[name] = value
    return {section: names for section, names in after.items() if names}


@given(DOCUMENTS, CHANGES)
def test_a_change_of_the_text_is_a_change_of_the_values(document: dict[str, Any], changes: dict[str, Within]) -> None:
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, default_flow_style=False, indent=4)
    found = load_markup(change(text, changes).encode(), what="it")
    assert {section: names for section, names in found.items() if names} == _plain(
        load_markup(text.encode(), what="it"), changes
    )


def test_every_other_line_stays_as_it_is() -> None:
    text = """\
# head
connections:
    # of a
    a:
        password: |
            one

            two

        # of the host
        host: x
    # of b
    b: http://x
# before
variables:
    c: 1
# end
"""
    changes = {"connections": Within({"a": Within({"password": "new", "port": 5}), "b": REMOVED}), "variables": {}}
    lines = change(text, {"connections": changes["connections"]}).splitlines()
    assert lines == [
        "# head",
        "connections:",
        "    # of a",
        "    a:",
        '        "password": "new"',
        "        # of the host",
        "        host: x",
        '        "port": 5',
        "    # of b",
        "# before",
        "variables:",
        "    c: 1",
        "# end",
    ]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "{}\n", "connections: {}\nvariables:\n"])
def test_a_document_without_entries_gets_the_first(text: str) -> None:
    found = load_markup(change(text, {"variables": Within({"a": "b"})}).encode(), what="it")
    assert found["variables"] == {"a": "b"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_yaml_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(FindingsError, match="cannot be written"):
        change("variables:\n    a: 1\n", {"variables": Within({"a": value})})


@pytest.mark.parametrize(
    ("text", "known", "address"),
    [
        ("connections.a", (), ("connections", "a", None, None)),
        ("connections.a.host", (), ("connections", "a", "host", None)),
        ("connections.a.b.host", (), ("connections", "a.b", "host", None)),
        ("connections.a.host", ("a.host",), ("connections", "a.host", None, None)),
        ("connections.a.extra.b.c", (), ("connections", "a", "extra", "b.c")),
        ("connections.host", (), ("connections", "host", None, None)),
        ("connections.a.b", (), ("connections", "a.b", None, None)),
        ("variables.a.host", (), ("variables", "a.host", None, None)),
    ],
)
def test_the_id_ends_before_the_first_field(text: str, known: tuple[str, ...], address: tuple[str, ...]) -> None:
    assert parse_address(text, known) == Address(*address)


@pytest.mark.parametrize("text", ["", "connections", "connections.", "pools.a", "a", "."])
def test_what_names_no_secret_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="names no secret"):
        parse_address(text)
