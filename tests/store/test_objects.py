"""How an object store's answers are read, with a server that gives every answer."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest
from http_stub import HANG, Stub
from listing import keys_of

from airside.base.errors import StoreIncapableError, StoreUnavailableError
from airside.store.opening import open_store
from airside.store.port import OutcomeUnknownError, Revision, Store

REVISION = Revision('"0"')


@pytest.fixture
def store(stub: Stub) -> Store:
    return open_store("s3://bucket/prefix", stub.options)


def calls(store: Store) -> list[Callable[[], object]]:
    return [
        lambda: store.read("a", limit=9),
        lambda: store.create("a", b"x"),
        lambda: store.replace("a", b"x", REVISION),
        lambda: keys_of(store, "a/"),
        lambda: store.delete("a"),
    ]


def test_412_is_a_lost_race_and_an_object_that_exists(store: Store, stub: Stub) -> None:
    stub.statuses = [412]
    assert store.replace("a", b"x", REVISION) is None
    assert store.create("a", b"x") is False
    assert len(stub.seen) == 2


@pytest.mark.parametrize("status", [409, 500, 503, 400])
def test_no_other_answer_is_a_lost_race_or_an_object_that_exists(store: Store, stub: Stub, status: int) -> None:
    stub.statuses = [status]
    with pytest.raises(OutcomeUnknownError, match=f"did not confirm the write of a: it answered {status}"):
        store.create("a", b"x")
    with pytest.raises(OutcomeUnknownError):
        store.replace("a", b"x", REVISION)


def test_412_to_a_repeated_write_is_unknown_since_the_first_may_have_won(store: Store, stub: Stub) -> None:
    stub.statuses = [503, 412]
    with pytest.raises(OutcomeUnknownError, match="which the first attempt may have made"):
        store.replace("a", b"x", REVISION)
    assert len(stub.seen) == 2


def test_a_conflict_is_repeated_until_the_store_says_who_won(store: Store, stub: Stub) -> None:
    stub.statuses = [409, 409, 200]
    stub.headers = {"ETag": '"1"'}
    assert store.replace("a", b"x", REVISION) == Revision('"1"')


def test_azures_409_for_an_object_that_exists_is_no_conflict(store: Store, stub: Stub) -> None:
    stub.statuses = [409]
    stub.body = b"<Error><Code>BlobAlreadyExists</Code></Error>"
    assert store.create("a", b"x") is False


def test_404_is_a_missing_object_and_a_lost_race(store: Store, stub: Stub) -> None:
    stub.statuses = [404]
    assert store.read("a", limit=9) is None
    assert store.replace("a", b"x", REVISION) is None
    store.delete("a")


def test_a_missing_bucket_is_no_missing_object(store: Store, stub: Stub) -> None:
    stub.statuses = [404]
    stub.body = b"<Error><Code>NoSuchBucket</Code></Error>"
    for call in calls(store):
        with pytest.raises(StoreUnavailableError, match=r"s3://bucket/prefix at .* does not exist"):
            call()


@pytest.mark.parametrize("status", [401, 403])
def test_denied_access_is_named_with_its_hint(store: Store, stub: Stub, status: int) -> None:
    stub.statuses = [status]
    for call in calls(store):
        with pytest.raises(StoreUnavailableError, match="denies access") as caught:
            call()
        assert "credentials" in (caught.value.hint or "")
        assert not isinstance(caught.value, OutcomeUnknownError)


@pytest.mark.parametrize("status", [404, 403])
def test_missing_credentials_are_named_whatever_the_machine_answers_for_them(stub: Stub, status: int) -> None:
    stub.statuses = [status]
    metadata = f"http://127.0.0.1:{stub.port}"
    store = open_store("s3://bucket", {"endpoint": metadata, "metadata_endpoint": metadata, "region": "eu-west-1"})
    for call in calls(store):
        with pytest.raises(StoreUnavailableError, match="there are no credentials") as caught:
            call()
        assert "AWS_ACCESS_KEY_ID" in (caught.value.hint or "")


def test_a_store_without_conditional_writes_is_incapable(store: Store, stub: Stub) -> None:
    stub.statuses = [501]
    with pytest.raises(StoreIncapableError, match="answered 501"):
        store.create("a", b"x")


def test_an_object_without_an_etag_is_incapable(store: Store, stub: Stub) -> None:
    stub.headers = {"Last-Modified": "Sat, 21 Nov 2026 04:30:00 GMT"}
    with pytest.raises(StoreIncapableError, match="ETag"):
        store.read("a", limit=999)


def test_the_size_that_the_server_announces_is_checked_before_anything_is_read(store: Store, stub: Stub) -> None:
    stub.headers = {"Last-Modified": "Sat, 21 Nov 2026 04:30:00 GMT", "ETag": '"1"', "Content-Length": str(1 << 40)}
    started = time.monotonic()
    with pytest.raises(Exception, match=r"1099511627776 bytes, more than the 9"):
        store.read("a", limit=9)
    assert time.monotonic() - started < 2


def test_a_body_that_is_cut_short_is_unavailable(store: Store, stub: Stub) -> None:
    stub.headers = {"Last-Modified": "Sat, 21 Nov 2026 04:30:00 GMT", "ETag": '"1"', "Content-Length": "1000"}
    with pytest.raises(StoreUnavailableError):
        store.read("a", limit=2000)


def test_no_error_shows_what_the_server_sent_or_a_key(store: Store, stub: Stub) -> None:
    for status in (400, 403):
        stub.statuses = [status]
        for call in calls(store):
            with pytest.raises(StoreUnavailableError) as caught:
                call()
            text = f"{caught.value.message} {caught.value.hint}"
            assert "secret" not in text
            assert "stub-key" not in text


@pytest.mark.slow
def test_a_server_that_hangs_is_given_up_while_reading(store: Store, stub: Stub) -> None:
    stub.statuses = [HANG]
    started = time.monotonic()
    with pytest.raises(StoreUnavailableError, match="did not answer in time"):
        store.read("a", limit=9)
    assert time.monotonic() - started < 14


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused, and nobody else gets it
        yield held.getsockname()[1]


def test_an_unreachable_store_is_named_within_12_seconds(closed_port: int) -> None:
    options = {"endpoint": f"http://127.0.0.1:{closed_port}", "access_key_id": "k", "secret_access_key": "s"}
    store = open_store("s3://bucket/prefix", options)
    started = time.monotonic()
    with pytest.raises(StoreUnavailableError, match="no connection could be made") as caught:
        store.read("a", limit=9)
    assert time.monotonic() - started < 12
    assert f"s3://bucket/prefix at 127.0.0.1:{closed_port}" in caught.value.message
    assert "endpoint" in (caught.value.hint or "")


def test_keys_are_sorted_where_the_store_does_not_sort_them(store: Store, stub: Stub) -> None:
    """S3's directory buckets list in no order."""
    entry = "<Contents><Key>prefix/h/{}</Key><LastModified>2026-11-21T04:30:00Z</LastModified><Size>1</Size></Contents>"
    listed = "".join(entry.format(name) for name in ("3", "1", "2"))
    stub.body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>".encode()
    assert keys_of(store, "h/") == ["h/1", "h/2", "h/3"]
