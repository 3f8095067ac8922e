import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UsageError
from airside.release.encoding import Document, canonical, decode, decode_plain

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=12,
)


class Note(Document, frozen=True, kw_only=True, tag_field="kind", tag="note"):
    text: str
    digest: Digest | None = None


@given(values)
def test_canonical_json_comes_back(value: object) -> None:
    assert msgspec.json.decode(canonical(value)) == value


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(0, 9)))
def test_canonical_json_depends_on_no_order(value: dict[str, int]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


def test_canonical_json_is_sorted_dense_and_utf8() -> None:
    assert canonical({"b": [1, None, True], "ä": "ö\n", "a": {"z": 0, "B": 1}}) == (
        '{"a":{"B":1,"z":0},"b":[1,null,true],"ä":"ö\\n"}'.encode()
    )


def test_a_document_carries_its_kind_and_format() -> None:
    note = Note(text="x", digest=Digest.of(b""))
    assert canonical(note) == f'{{"digest":"{Digest.of(b"")}","format":1,"kind":"note","text":"x"}}'.encode()
    assert decode(canonical(note), Note, what="it") == note


def test_unknown_fields_are_ignored() -> None:
    assert decode(b'{"format":1,"kind":"note","text":"x","new":[1.5]}', Note, what="it") == Note(text="x")


def test_a_newer_format_is_refused_whatever_its_shape() -> None:
    with pytest.raises(UsageError, match="The note has format 7, and this Airside reads formats up to 1") as caught:
        decode(b'{"format":7,"kind":"other"}', Note, what="The note")
    assert caught.value.hint == "Upgrade Airside."
    with pytest.raises(UsageError) as caught:
        decode(b'{"format":2,"kind":"note","reader":"3.1.0"}', Note, what="The note")
    assert caught.value.hint == "Upgrade Airside to 3.1.0 or later."
    with pytest.raises(UsageError) as caught:
        decode(b'{"format":2,"kind":"note","reader":"\\u001b[2J"}', Note, what="The note")
    assert caught.value.hint == "Upgrade Airside."


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nul",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"format":1,"kind":"note"}',
        b'{"format":1,"kind":"memo","text":"x"}',
        b'{"format":1,"text":"x"}',
        b'{"format":1,"kind":"note","text":"x","k\xebnd":0}',
        b'{"format":0,"kind":"note","text":"x"}',
        b'{"format":"1","kind":"note","text":"x"}',
        b'{"format":1,"kind":"note","text":"\xff"}',
        b'{"format":1,"kind":"note","text":"x","digest":"sha256-0"}',
        b'{"format":1,"kind":"note","text":"x"}x',
        b'{"format":1,"kind":"note","text":' + b"[" * 100_000,
        b'{"format":1,"new":' + b"[" * 100_000 + b"]" * 100_000 + b',"kind":"note","text":"x"}',
    ],
    ids=range(16),
)
def test_what_is_no_such_document_is_an_integrity_error_that_names_it(data: bytes) -> None:
    with pytest.raises(IntegrityError, match="The note"):
        decode(data, Note, what="The note")


@given(st.binary(max_size=60))
def test_no_bytes_make_reading_fail_in_another_way(data: bytes) -> None:
    with pytest.raises((IntegrityError, UsageError)):
        decode(data, Note, what="It")


def test_values_without_a_canonical_form_are_refused() -> None:
    with pytest.raises(TypeError):
        canonical({"a": object()})
    assert decode_plain(b"1", int, what="it") == 1
