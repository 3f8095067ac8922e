"""The bytes of format 1 that are signed: a change that breaks one of these files is another format."""

from pathlib import Path

import pytest
from signing_keys import move_by, release_by, signer, trust_in

from airside.release.countersignature import Countersignature, parse_countersignature
from airside.release.pointer import parse_pointer
from airside.release.record import parse_record
from airside.signing.trust import require_trusted

GOLDEN = Path(__file__).parent / "golden"
RULE = {"production": {"releases": ["ci", "ana"], "threshold": 2}}


def made() -> dict[str, bytes]:
    record = release_by("ci")
    return {
        "record.json": record.to_bytes(),
        "pointer.json": move_by("ci", record).to_bytes(),
        "signature.json": Countersignature.of(record.id, signer("ana").signature(record.sealed)).to_bytes(),
        "fingerprint.txt": trust_in(RULE).fingerprint("production").encode(),
    }


@pytest.mark.parametrize("name", made())
def test_what_is_written_is_what_was_written_before(name: str) -> None:
    assert made()[name] == (GOLDEN / name).read_bytes()


def test_what_was_written_before_is_trusted_now() -> None:
    pointer = parse_pointer((GOLDEN / "pointer.json").read_bytes(), "production")
    release = pointer.pointer.release
    record = parse_record((GOLDEN / "record.json").read_bytes(), release)
    detached = (GOLDEN / "signature.json").read_bytes()
    require_trusted(
        trust_in(RULE), pointer, record, lambda keyid: parse_countersignature(detached, release, keyid).signature
    )
