"""URIs of connections mean the same here as in Airflow."""

import json

import pytest
from airflow.sdk import Connection
from hypothesis import given
from hypothesis import strategies as st

from airside.credentials.fields import Fields
from airside.credentials.uri import from_uri, to_uri

URIS = [
    "postgresql://user:pass@Host.Example.com:5432/db?sslmode=require",
    "google-cloud-platform://?extra__key=%7B%22a%22%3A1%7D",
    "http://https%3A%2F%2Fexample.com",
    "http://https://example.com:8080/?x=1",
    "mysql://u%40x:p%2Fw%3A@%2Ftmp%2Fmy.sock/db",
    "aws://?__extra__=%7B%22a%22%3A+%7B%22b%22%3A+1%7D%7D",
    "spark://local%5B%2A%5D?deploy-mode=client",
    "sqlite:///tmp/x.db",
    "generic://",
    "fs:///?path=%2Ftmp",
    "http://:@host/",
    "http://[::1]:80/x",
    "ftp://user@host",
]


def of_airflow(found: Connection) -> Fields:
    names = ("conn_type", "login", "password", "host", "port", "schema", "extra", "description")
    return Fields(**{name: getattr(found, name) for name in names})


def parts(fields: Fields) -> list[object]:
    return [getattr(fields, name) for name in Fields.__slots__]


@pytest.mark.parametrize("uri", URIS)
def test_a_uri_is_read_and_written_as_airflow_does(uri: str) -> None:
    theirs = Connection.from_uri(uri, conn_id="x")
    assert parts(from_uri(uri)) == parts(of_airflow(theirs))
    assert to_uri(from_uri(uri)) == theirs.get_uri()


TEXT = st.none() | st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)
EXTRA = st.none() | st.dictionaries(st.text("ab%", max_size=2), st.integers() | st.text("x&= é", max_size=3)).map(
    json.dumps
)


@given(
    st.builds(
        Fields,
        conn_type=st.sampled_from(["postgres", "google_cloud_platform", "http"]),
        login=TEXT,
        password=TEXT,
        host=TEXT,
        port=st.none() | st.integers(1, 65535),
        schema=TEXT,
        extra=EXTRA,
    )
)
def test_fields_are_written_as_airflow_does(fields: Fields) -> None:
    names = ("conn_type", "login", "password", "host", "port", "schema", "extra")
    theirs = Connection(conn_id="x", **{name: getattr(fields, name) for name in names})
    assert to_uri(fields) == theirs.get_uri()
