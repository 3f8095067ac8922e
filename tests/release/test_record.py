import base64
import re
from dataclasses import replace

import msgspec
import pytest
import trees

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UsageError
from airside.release.encoding import canonical
from airside.release.record import Builder, Check, Record, Requirements, Source, Workflow, parse_record

RECORD = Record(
    workspace="sales-flows",
    tree=Digest.of(b"tree"),
    created_at="2026-11-21T04:30:00Z",
    source=Source(
        commit="c" * 40, branch="main", repository="https://git.example/sales", author="Ana <a@b.c>", message="größe"
    ),
    builder=Builder(version="0.1.0"),
    workflows=(Workflow("daily_orders", "dags/daily_orders.py"),),
    checks=(Check(name="imports", passed=True, subjects=3),),
    requirements=Requirements(airflow="3.3.2", lock=Digest.of(b"lock")),
)


def envelope(statement: object, **fields: object) -> bytes:
    payload = base64.b64encode(canonical(statement)).decode()
    return canonical({"payload": payload, "payloadType": "application/vnd.in-toto+json", "signatures": []} | fields)


def statement() -> dict[str, object]:
    decoded: dict[str, object] = msgspec.json.decode(
        base64.b64decode(msgspec.json.decode(RECORD.to_bytes())["payload"])
    )
    return decoded


def id_of(data: bytes) -> str:
    """Return the id that a forger would give to `data`."""
    return f"20261121-043000-{Digest.of(base64.b64decode(msgspec.json.decode(data)['payload'])).short}"


def test_a_record_comes_back() -> None:
    parsed = parse_record(RECORD.to_bytes(), RECORD.id)
    assert parsed == RECORD
    assert parsed.id == RECORD.id
    assert parsed.to_bytes() == RECORD.to_bytes()


def test_the_id_is_the_time_and_the_digest_of_the_statement() -> None:
    assert re.fullmatch(r"20261121-043000-[0-9a-f]{8}", RECORD.id)
    assert id_of(RECORD.to_bytes()) == RECORD.id


def test_the_statement_is_in_toto_about_the_tree() -> None:
    document = msgspec.json.decode(RECORD.to_bytes())
    assert (document["payloadType"], document["signatures"]) == ("application/vnd.in-toto+json", [])
    found = statement()
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "https://airside.dev/release/v1"
    assert found["subject"] == [{"name": "sales-flows", "digest": {"sha256": RECORD.tree.hex}}]


def test_every_flipped_bit_is_detected() -> None:
    for flipped in trees.flips(RECORD.to_bytes()):
        with pytest.raises(IntegrityError):
            parse_record(flipped, RECORD.id)


def test_a_record_under_another_releases_name_is_refused() -> None:
    with pytest.raises(IntegrityError, match="holds other bytes"):
        parse_record(RECORD.to_bytes(), "20261121-043000-00000000")
    with pytest.raises(IntegrityError, match=f"is that of another release: {RECORD.id}"):
        parse_record(RECORD.to_bytes(), RECORD.id.replace("0430", "0431"))


def test_unknown_fields_are_ignored_and_kept() -> None:
    changed = statement()
    changed["predicate"]["approvals"] = ["ben"]  # type: ignore[index]
    data = envelope(changed)
    parsed = parse_record(data, id_of(data))
    assert parsed == RECORD
    assert parsed.id == id_of(data) != RECORD.id
    assert parsed.to_bytes() == data


def test_signatures_of_later_versions_are_accepted() -> None:
    data = envelope(statement(), signatures=[{"keyid": "k", "sig": "c2ln"}])
    assert parse_record(data, RECORD.id) == RECORD


def test_a_newer_format_is_refused() -> None:
    changed = statement()
    changed["predicate"]["format"] = 2  # type: ignore[index]
    with pytest.raises(UsageError, match="has format 2"):
        parse_record(envelope(changed), id_of(envelope(changed)))


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"predicateType": "https://slsa.dev/provenance/v1"},
        {"subject": []},
        {"subject": [{"name": "sales-flows", "digest": {"sha256": "0" * 64}}] * 2},
        {"subject": [{"name": "other-flows", "digest": {"sha256": "0" * 64}}]},
        {"subject": [{"name": "sales-flows", "digest": {}}]},
        {"subject": [{"name": "sales-flows", "digest": {"sha256": "../x"}}]},
        {"predicate": {}},
    ],
)
def test_a_statement_about_something_else_is_refused_even_under_its_own_id(change: dict[str, object]) -> None:
    data = envelope(statement() | change)
    with pytest.raises(IntegrityError):
        parse_record(data, id_of(data))


@pytest.mark.parametrize("payload", ["", "e30", "e30=\n", " e30=", "e31=", "*", "ä"])
def test_a_payload_in_another_spelling_is_refused(payload: str) -> None:
    with pytest.raises(IntegrityError):
        parse_record(envelope({}, payload=payload), RECORD.id)


def test_a_time_that_is_none_is_refused() -> None:
    changed = statement()
    changed["predicate"]["created_at"] = "yesterday"  # type: ignore[index]
    with pytest.raises(IntegrityError, match="no valid time"):
        parse_record(envelope(changed), id_of(envelope(changed)))


@pytest.mark.parametrize(
    ("check", "is_verified"),
    [
        (Check(name="test", passed=True, subjects=1), False),
        (Check(name="test", passed=True, subjects=1, tasks=2, verified=1), False),
        (Check(name="test", passed=True, subjects=1, tasks=2, verified=2), True),
        (Check(name="test", passed=False, subjects=1, tasks=2, verified=2), False),
        (Check(name="test", passed=True, subjects=0, tasks=0, verified=0), True),
    ],
)
def test_every_task_is_verified_only_where_the_record_says_so(check: Check, is_verified: bool) -> None:
    record = replace(RECORD, checks=(check,))
    (found,) = parse_record(record.to_bytes(), record.id).checks
    assert found == check
    assert found.is_verified is is_verified
