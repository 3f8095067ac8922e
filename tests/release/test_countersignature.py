import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import flips

from airside.base.errors import AirsideError, IntegrityError, UsageError
from airside.release.countersignature import Countersignature, parse_countersignature
from airside.release.envelope import Signature
from airside.release.keys import signature_key

RELEASE, OTHER = "20261121-043000-d2ccf3dd", "20261121-043000-00000000"
KEYID = "ab" * 32
GOOD = Countersignature.of(RELEASE, Signature(KEYID, "c2ln"))


def test_a_signature_is_stored_canonically_and_read_again() -> None:
    data = GOOD.to_bytes()
    assert data == (f'{{"format":1,"keyid":"{KEYID}","kind":"signature","release":"{RELEASE}","sig":"c2ln"}}'.encode())
    assert parse_countersignature(data, RELEASE, KEYID).signature == Signature(KEYID, "c2ln")
    assert signature_key(RELEASE, KEYID) == f"signatures/{RELEASE}/{KEYID}.json"


def test_a_signature_under_the_name_of_another_release_or_key_is_refused() -> None:
    for release, keyid in ((OTHER, KEYID), (RELEASE, "cd" * 32)):
        with pytest.raises(IntegrityError, match=f"is that of release {RELEASE} by key abababab"):
            parse_countersignature(GOOD.to_bytes(), release, keyid)


def test_unknown_fields_are_ignored_and_a_newer_format_is_refused() -> None:
    more = GOOD.to_bytes().replace(b'"format":1', b'"colour":1,"format":1')
    assert parse_countersignature(more, RELEASE, KEYID) == GOOD
    with pytest.raises(UsageError, match="Airside reads formats up to 1"):
        parse_countersignature(GOOD.to_bytes().replace(b'"format":1', b'"format":2'), RELEASE, KEYID)


@pytest.mark.parametrize("data", flips(GOOD.to_bytes())[::11])
def test_a_flipped_bit_never_gives_the_same_signature(data: bytes) -> None:
    try:
        found = parse_countersignature(data, RELEASE, KEYID)
    except AirsideError:
        return
    assert found.signature != GOOD.signature


@given(st.binary(max_size=300))
def test_no_bytes_fail_otherwise(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        parse_countersignature(data, RELEASE, KEYID)
