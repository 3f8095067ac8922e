"""The bytes of format 1, which no later version may change. See docs/formats/."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import trees

from airside.base.digest import Digest
from airside.release.description import (
    Need,
    TaskDescription,
    WorkflowDescription,
    describe,
    parse_description,
    unpack_description,
)
from airside.release.manifest import Manifest, parse_manifest
from airside.release.pack import PackRef, build_pack, unpack
from airside.release.plan_file import PlanFile, Seen, parse_plan_file
from airside.release.pointer import Move, Pin, Pointer, SealedPointer, advance, parse_pointer
from airside.release.record import Builder, Check, Record, Requirements, Source, Workflow, parse_record
from airside.release.tree import Tree

GOLDEN = Path(__file__).parent / "golden"
TREE = Tree.of_sources(trees.FIXED)
PACK = build_pack(trees.FIXED)
PACK_REF = PackRef(digest=Digest.of(b"the pack of one version of zstd"), size=123, raw_size=PACK.raw_size, codec="zstd")
"""In place of the real one, whose bytes differ between versions of zstd."""

RECORD = Record(
    workspace="sales-flows",
    tree=TREE.digest,
    created_at="2026-11-21T04:30:00Z",
    source=Source(
        commit="0123456789abcdef0123456789abcdef01234567",
        branch="main",
        repository="https://git.example/sales-flows",
        author="Ana <ana@example.com>",
        message="Größe of orders",
    ),
    builder=Builder(version="0.1.0"),
    workflows=(Workflow("orders", "dags/orders.py"),),
    checks=(Check(name="imports", passed=True, subjects=1),),
    requirements=Requirements(airflow="3.3.2"),
)

DESCRIPTION = describe(
    [
        WorkflowDescription(
            id="orders",
            file="dags/orders.py",
            line=4,
            schedule="@daily",
            start_date="2026-11-21T00:00:00Z",
            owners=("ana",),
            params={"day": '"größe"'},
            tasks=(TaskDescription(id="load", operator="PythonOperator", retries=2, fingerprint="0123456789abcdef"),),
            needs=(Need(kind="connection", name="warehouse", task="load", file="dags/orders.py", line=9),),
        )
    ]
)
DESCRIBED = replace(RECORD, description=DESCRIPTION.digest)
VERIFIED = replace(
    DESCRIBED,
    checks=(
        Check(name="check", passed=True, subjects=1),
        Check(name="test", passed=True, subjects=4, tasks=5, verified=3),
    ),
)
LOCKED = replace(DESCRIBED, requirements=Requirements(airflow="3.3.2", lock=Digest.of(b"apache-airflow==3.3.2\n")))
SEALED = replace(RECORD, workflows=(), checks=(), requirements=Requirements(airflow=""), holds="secrets")

PLAN = PlanFile(
    workspace="sales-flows",
    environment="production",
    action="promote",
    expected=Seen(generation=41, release=RECORD.id, digest=Digest.of(b"the payload of a pointer")),
    release=DESCRIBED.id,
    tree=TREE.digest,
    created_at="2026-11-21T04:30:00Z",
    reason="größe",
    summary="1 workflow changes",
    changes=b'{"workflows":["orders"]}',
)


def pointer() -> Pointer:
    at = datetime(2026, 11, 21, 4, 31, tzinfo=UTC)
    deploy = Move(
        environment="production",
        workspace="sales-flows",
        action="deploy",
        release=RECORD.id,
        tree=TREE.digest,
        actor="ana",
        reason="größe",
    )
    pin = Pin(by="ben", at="2026-11-21T04:31:00Z", reason="bad numbers")
    back = msgspec.structs.replace(deploy, action="rollback", actor="ben", reason="", pin=pin, restores=1)
    first = SealedPointer.of(advance(None, deploy, now=at, op_id="0" * 32))
    return advance(first, back, now=at, op_id="0123456789abcdef" * 2)


def approved() -> Pointer:
    return msgspec.structs.replace(pointer(), approved_by=("0" * 64, "1" * 64))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tree-digest.txt", TREE.digest.encode()),
        ("release-id.txt", RECORD.id.encode()),
        ("manifest.json", Manifest.for_tree(TREE, msgspec.structs.replace(PACK, ref=PACK_REF)).to_bytes()),
        ("record.json", RECORD.to_bytes()),
        ("description.json", DESCRIPTION.to_bytes()),
        ("described-release-id.txt", DESCRIBED.id.encode()),
        ("described-record.json", DESCRIBED.to_bytes()),
        ("verified-release-id.txt", VERIFIED.id.encode()),
        ("verified-record.json", VERIFIED.to_bytes()),
        ("locked-release-id.txt", LOCKED.id.encode()),
        ("locked-record.json", LOCKED.to_bytes()),
        ("secrets-release-id.txt", SEALED.id.encode()),
        ("secrets-record.json", SEALED.to_bytes()),
        ("plan.json", PLAN.to_bytes()),
        ("approved-pointer.json", SealedPointer.of(approved()).to_bytes()),
        ("pointer.json", SealedPointer.of(pointer()).to_bytes()),
    ],
)
def test_what_is_written_is_the_golden_file(name: str, data: bytes) -> None:
    assert data == (GOLDEN / name).read_bytes()


def test_golden_files_are_read() -> None:
    tree = Digest.parse((GOLDEN / "tree-digest.txt").read_text())
    release = (GOLDEN / "release-id.txt").read_text()
    assert parse_manifest((GOLDEN / "manifest.json").read_bytes(), tree).tree == TREE
    assert parse_record((GOLDEN / "record.json").read_bytes(), release) == RECORD
    described = (GOLDEN / "described-release-id.txt").read_text()
    assert parse_record((GOLDEN / "described-record.json").read_bytes(), described) == DESCRIBED
    verified = (GOLDEN / "verified-release-id.txt").read_text()
    assert parse_record((GOLDEN / "verified-record.json").read_bytes(), verified) == VERIFIED
    locked = (GOLDEN / "locked-release-id.txt").read_text()
    assert parse_record((GOLDEN / "locked-record.json").read_bytes(), locked) == LOCKED
    sealed = (GOLDEN / "secrets-release-id.txt").read_text()
    assert parse_record((GOLDEN / "secrets-record.json").read_bytes(), sealed) == SEALED
    assert parse_description((GOLDEN / "description.json").read_bytes(), what="It") == DESCRIPTION
    assert unpack_description((GOLDEN / "description.zst").read_bytes(), DESCRIPTION.digest) == DESCRIPTION
    assert parse_pointer((GOLDEN / "pointer.json").read_bytes(), "production").pointer == pointer()
    assert parse_pointer((GOLDEN / "approved-pointer.json").read_bytes(), "production").pointer == approved()
    assert parse_plan_file((GOLDEN / "plan.json").read_bytes(), what="It") == PLAN


def test_a_golden_pack_is_unpacked() -> None:
    """A pack that an earlier version of zstd made; `build_pack` need not make the same bytes."""
    data = (GOLDEN / "pack.zst").read_bytes()
    raw = unpack(data, digest=Digest.of(data), raw_size=PACK.raw_size)
    assert raw == unpack(PACK.data, digest=PACK.digest, raw_size=PACK.raw_size)
