from typing import Any

import boto3
import obstore
import pytest
from botocore.exceptions import ClientError
from obstore.exceptions import AlreadyExistsError, PreconditionError
from obstore.store import S3Store
from standing_in import Start, Write

from airside.base.errors import UsageError
from airside.testing import s3
from airside.testing.standins.buckets.server import RunningS3


def _boto(running: RunningS3) -> Any:  # noqa: ANN401 - boto3 has no types
    fields = running.reached.connection
    return boto3.client(
        "s3", aws_access_key_id=fields["login"], aws_secret_access_key=fields["password"], **fields["extra"]
    )


def _obstore(running: RunningS3, bucket: str) -> S3Store:
    fields = running.reached.connection
    return S3Store(
        bucket,
        endpoint=fields["extra"]["endpoint_url"],
        region=fields["extra"]["region_name"],
        access_key_id=fields["login"],
        secret_access_key=fields["password"],
        client_options={"allow_http": True},
    )


def test_buckets_and_objects_are_there_for_every_client(start: Start, write: Write) -> None:
    write({"a.csv": "x\n"})
    running = start(s3(buckets=["out"], objects={"raw/in/a.csv": "a.csv", "raw/b": b"\0", "raw/é ü": {"text": "é"}}))
    assert running.buckets() == ["out", "raw"]
    assert running.objects() == {"raw/b": b"\0", "raw/in/a.csv": b"x\n", "raw/é ü": "é".encode()}
    assert running.objects("raw/in/") == running.objects("s3://raw/in/") == {"raw/in/a.csv": b"x\n"}
    client = _boto(running)
    client.copy_object(Bucket="out", Key="c", CopySource={"Bucket": "raw", "Key": "b"})
    assert obstore.get(_obstore(running, "out"), "c").bytes() == b"\0"
    client.close()


def test_large_objects_arrive_in_parts(start: Start) -> None:
    running = start(s3(buckets=["raw"]))
    obstore.put(_obstore(running, "raw"), "big", b"x" * 12_000_000)
    assert len(running.objects()["raw/big"]) == 12_000_000


def test_conditions_of_writes_hold(start: Start) -> None:
    running = start(s3(buckets=["raw"]))
    store = _obstore(running, "raw")
    first = obstore.put(store, "k", b"1", mode="create")
    with pytest.raises(AlreadyExistsError):
        obstore.put(store, "k", b"2", mode="create")
    obstore.put(store, "k", b"3", mode={"e_tag": first["e_tag"]})
    with pytest.raises(PreconditionError):
        obstore.put(store, "k", b"4", mode={"e_tag": first["e_tag"]})


def test_what_is_not_there_is_not_found(start: Start) -> None:
    client = _boto(start(s3(buckets=["raw"])))
    with pytest.raises(ClientError, match="NoSuchKey"):
        client.get_object(Bucket="raw", Key="x")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        client.put_object(Bucket="nowhere", Key="x", Body=b"")
    client.close()


def test_plain_clients_find_it_by_the_environment(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    running = start(s3(buckets=["raw"]))
    for name, value in running.reached.environment.items():
        monkeypatch.setenv(name, value)
    obstore.put(S3Store("raw"), "a", b"1")
    client = boto3.client("s3")
    assert client.get_object(Bucket="raw", Key="a")["Body"].read() == b"1"
    client.close()


def test_two_connections_see_the_same_buckets_and_the_next_test_none(start: Start) -> None:
    one, two = start(s3(buckets=["aaa"]), "one"), start(s3(objects={"bbb/x": b"1"}), "two")
    assert one.buckets() == two.buckets() == ["aaa", "bbb"]
    one.close()
    assert two.buckets() == ["aaa", "bbb"]
    two.close()
    assert start(s3()).buckets() == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"buckets": ["Bad Name!"]}, "S3 refuses the bucket 'Bad Name!': .*Invalid bucket name"),
        ({"objects": {"raw": b""}}, "'raw' is no object"),
        ({"objects": {"raw/x": "none"}}, "The file 'none' for raw/x of dwh cannot be read"),
    ],
)
def test_what_s3_does_not_take_is_refused(start: Start, given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        start(s3(**given))
    assert start(s3()).buckets() == []
