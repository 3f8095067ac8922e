"""What is masked of a connection, and what no object shows."""

import json

import pytest

from airside.secrets.values import Connection, Secrets


def test_every_secret_text_inside_is_masked() -> None:
    extra = {"token": "t-1", "deep": [{"key": "t-2"}], "port": 5, "keyfile": json.dumps({"private_key": "t-3"})}
    connection = Connection("a", conn_type="http", login="me", password="p-1", extra=json.dumps(extra))
    assert {"p-1", "t-1", "t-2", "t-3", extra["keyfile"]} == set(connection.leaves())


def test_the_secrets_of_a_uri_are_masked_as_they_stand_and_as_they_are_meant() -> None:
    uri = "http://me:p%40ss%2Fword@host/db?token=t%2D1&__extra__=%7B%22key%22%3A%20%22t-2%22%7D"
    leaves = set(Connection("a", uri=uri).leaves())
    assert {uri, "p%40ss%2Fword", "p@ss/word", "t-1", "t-2"} <= leaves


def test_a_mark_for_vault_holds_no_secret() -> None:
    assert list(Connection("a", vault_path="a/b").leaves()) == []


def test_no_text_of_an_object_shows_a_value() -> None:
    secrets = Secrets({"a": Connection("a", uri="x://u:hunter2@h")}, {"b": "hunter2"}, {"c": "path"}, version="1")
    assert repr(secrets) == "Secrets(connections=['a'], variables=['b', 'c'], version='1')"
    assert f"{secrets} {secrets.connection('a')!r}".count("hunter2") == 0


def test_secrets_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        Secrets().variables["a"] = "b"  # type: ignore[index]
