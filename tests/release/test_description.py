import msgspec
import pytest
import zstandard

from airside.base.digest import Digest
from airside.base.errors import FindingsError, IntegrityError, UsageError
from airside.release import description
from airside.release.description import Description, WorkflowDescription, describe, packed, unpack_description

ORDERS = WorkflowDescription(id="orders", file="dags/orders.py", schedule="@daily")
BILLS = WorkflowDescription(id="bills", file="dags/bills.py")
BOTH = describe([ORDERS, BILLS])


def test_the_order_in_which_files_were_read_does_not_matter() -> None:
    assert describe([BILLS, ORDERS]).digest == BOTH.digest


def test_a_change_of_a_workflow_changes_the_name_of_the_description() -> None:
    assert describe([msgspec.structs.replace(ORDERS, catchup=True), BILLS]).digest != BOTH.digest


def test_what_is_packed_is_unpacked() -> None:
    assert unpack_description(packed(BOTH), BOTH.digest) == BOTH
    assert unpack_description(packed(Description()), Description().digest) == Description()


def test_the_level_of_compression_does_not_change_the_name() -> None:
    data = zstandard.ZstdCompressor(level=19, write_content_size=True).compress(BOTH.to_bytes())
    assert data != packed(BOTH)
    assert unpack_description(data, BOTH.digest) == BOTH


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zstd at all",
        packed(BOTH)[:-1],
        packed(BOTH) + b"\0",
        packed(BOTH) + packed(BOTH),
        packed(describe([ORDERS])),
        zstandard.ZstdCompressor(write_content_size=False).compressobj().compress(b"") + b"\x28\xb5\x2f\xfd\x00\x00",
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError, match="Description sha256-"):
        unpack_description(data, BOTH.digest)


def test_what_would_fill_the_memory_is_refused_before_it_is_unpacked() -> None:
    bomb = zstandard.ZstdCompressor(write_content_size=True).compress(bytes(description.MAX_DESCRIPTION_BYTES + 1))
    assert len(bomb) < 10_000
    with pytest.raises(IntegrityError, match="announces"):
        unpack_description(bomb, Digest.of(b""))


def test_what_no_reader_would_accept_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(description, "MAX_DESCRIPTION_BYTES", 100)
    with pytest.raises(FindingsError, match="2 workflows"):
        packed(BOTH)


def test_a_description_of_a_later_format_asks_for_an_upgrade() -> None:
    data = BOTH.to_bytes().replace(b'"format":1', b'"format":2')
    with pytest.raises(UsageError, match="format 2"):
        unpack_description(zstandard.compress(data), Digest.of(data))


def test_fields_of_later_versions_are_ignored() -> None:
    data = BOTH.to_bytes().replace(b'"catchup":false', b'"catchup":false,"colour":"red"')
    assert unpack_description(zstandard.compress(data), Digest.of(data)) == BOTH
