"""No secret of an environment is told, whatever form an error shows it in."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from alerted import event

from airside.alerts.connections import NOT_SHOWN, Connections
from airside.alerts.masking import Masks
from airside.alerts.ports import Channel
from airside.alerts.state import StateFile
from airside.base.errors import UsageError
from airside.secrets.values import Connection, Secrets

PASSWORD = "p@ss 'w\"rd/ü"
SECRETS = Secrets(
    connections={
        "dwh": Connection("dwh", conn_type="postgres", login="etl", password=PASSWORD, extra='{"token": "tok-12345"}'),
        "uri": Connection("uri", uri="postgres://etl:s3cr%2Fet-uri@host:5432/db"),
        "key": Connection("key", conn_type="ssh", extra=json.dumps({"pem": "-----BEGIN-----\nMIIEvQIBADANBg\n-----"})),
    },
    variables={"api_key": "variable-value", "nested": '{"inner": "inner-value"}', "short": "ab"},
    version="1",
)


@pytest.mark.parametrize(
    "secret",
    [
        PASSWORD,
        repr(PASSWORD)[1:-1],
        json.dumps(PASSWORD)[1:-1],
        quote(PASSWORD, safe=""),
        "tok-12345",
        "s3cr/et-uri",
        "s3cr%2Fet-uri",
        "MIIEvQIBADANBg",
        "variable-value",
        "inner-value",
        base64.b64encode(f"etl:{PASSWORD}".encode()).decode(),
        base64.b64encode(b"etl:s3cr/et-uri").decode(),
    ],
)
def test_every_form_of_a_secret_is_masked(secret: str) -> None:
    masked = Masks.of(SECRETS).event(event(error=f"cannot connect with {secret}: refused", detail=f"<{secret}>"))
    assert masked.error == "cannot connect with ***: refused"
    assert masked.detail == "<***>"


def test_the_longer_of_two_secrets_leaves_nothing_over() -> None:
    assert Masks(["abcdef", "abcdefghi"]).text("abcdefghi abcdef") == "*** ***"


def test_what_is_short_or_no_secret_is_told() -> None:
    assert Masks.of(SECRETS).text("ab: KeyError 'orders'") == "ab: KeyError 'orders'"
    assert Masks([]).text("boom") == "boom"


def test_an_error_is_not_told_where_the_secrets_cannot_be_read() -> None:
    def read(_environment: str) -> Secrets:
        raise UsageError("no key")

    redacted = Connections(read).redact(event(error=PASSWORD))
    assert (redacted.error, redacted.detail) == (NOT_SHOWN, None)
    assert Connections(read).redact(event()) == event()


def test_masks_follow_the_secrets_and_are_those_of_the_environment() -> None:
    known = {"production": SECRETS, "dev": Secrets(version="2")}
    connections = Connections(known.__getitem__)
    assert connections.redact(event(error="tok-12345")).error == "***"
    assert connections.redact(event(error="tok-12345", environment="dev")).error == "tok-12345"
    known["dev"] = Secrets(variables={"a": "another-one"}, version="3")
    assert connections.redact(event(error="another-one", environment="dev")).error == "***"


def test_an_unknown_channel_is_an_error_that_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'production' has no connection 'dvh'; did you mean 'dwh'"):
        Connections(lambda _: SECRETS).send(Channel("production", "dvh"), None, {})  # type: ignore[arg-type] # not reached


def test_a_connection_that_is_no_channel_is_refused_without_its_values(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        Connections(lambda _: SECRETS).send(Channel("production", "dwh"), None, {})  # type: ignore[arg-type] # not reached
    assert PASSWORD not in f"{raised.value.message} {raised.value.hint}"
    assert not StateFile(tmp_path).path.exists()
