from pathlib import Path

import pytest
from listing import keys_of

from airside.base.errors import UsageError
from airside.store.folder import FolderStore
from airside.store.objects import ObjectStore
from airside.store.opening import open_store

KEYS = {"access_key_id": "key", "secret_access_key": "very-secret"}


def test_a_path_and_its_file_url_are_the_same_folder(tmp_path: Path) -> None:
    spaced = tmp_path / "my store"
    assert isinstance(open_store(str(spaced), {}), FolderStore)
    open_store(str(spaced), {}).create("a", b"x")
    assert keys_of(open_store(spaced.as_uri(), {}), "") == ["a"]


def test_memory_stores_of_one_name_are_one(request: pytest.FixtureRequest) -> None:
    name = request.node.name
    open_store(f"memory://{name}", {}).create("a", b"x")
    assert keys_of(open_store(f"memory://{name}", {}), "") == ["a"]
    assert keys_of(open_store(f"memory://{name}/other", {}), "") == []


@pytest.mark.parametrize("url", ["s3://bucket", "s3://bucket/a/b", "gs://bucket/a"])
def test_buckets_open_without_a_request(url: str) -> None:
    store = open_store(url, {})
    assert isinstance(store, ObjectStore)
    assert store.location == url


def test_azure_takes_its_account_from_the_options() -> None:
    assert open_store("az://container/a", {"account_name": "me", "account_key": "a2V5"}).location == "az://container/a"


@pytest.mark.parametrize(
    "url", ["", "store", "./store", "ftp://host/a", "s3://", "https://bucket.s3.amazonaws.com", "file://host/a"]
)
def test_what_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not the place of a store"):
        open_store(url, {})


@pytest.mark.parametrize(
    "url", ["s3://me:very-secret@bucket/a", "s3://bucket/a?sig=very-secret", "s3://b/a#very-secret"]
)
def test_a_url_with_secrets_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_store(url, {})
    assert "very-secret" not in f"{caught.value.message} {caught.value.hint}"


def test_the_location_shows_the_endpoint_and_no_secret() -> None:
    options = {**KEYS, "endpoint": "https://user:very-secret@s3.example.com:9000"}
    assert open_store("s3://bucket/a", options).location == "s3://bucket/a at s3.example.com:9000"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_plain_http_is_fine_on_this_machine(host: str) -> None:
    assert open_store("s3://bucket", {**KEYS, "endpoint": f"http://{host}:9000"}).location


def test_plain_http_elsewhere_must_be_asked_for() -> None:
    options = {**KEYS, "endpoint": "http://s3.example.com"}
    with pytest.raises(UsageError, match=r"s3\.example\.com has no TLS"):
        open_store("s3://bucket", options)
    assert open_store("s3://bucket", {**options, "allow_http": "true"}).location


def test_an_unknown_option_is_named_and_values_are_not_shown() -> None:
    with pytest.raises(UsageError, match="acess_key_id") as caught:
        open_store("s3://bucket", {"acess_key_id": "very-secret"})
    assert "very-secret" not in f"{caught.value.message} {caught.value.hint}"


def test_a_folder_takes_no_options(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="takes no options: region"):
        open_store(str(tmp_path), {"region": "eu"})
