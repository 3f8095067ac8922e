"""From a connection to an address."""

import pytest
from alert_samples import connections, mail_connection

from airside.alerts.channels import ChannelKind, address_of
from airside.base.errors import UsageError
from airside.credentials.fields import Fields
from airside.credentials.uri import to_uri
from airside.secrets.values import Connection

HOOK = "https://hooks.slack.com/services/T0/B0/x"


def test_each_type_of_connection_is_a_channel() -> None:
    kinds = {name: address_of(made).kind for name, made in connections("https://example.com").items()}
    assert [*kinds.values(), address_of(mail_connection(25)).kind] == [
        ChannelKind.SLACK_WEBHOOK,
        ChannelKind.SLACK,
        ChannelKind.TEAMS,
        ChannelKind.PAGERDUTY,
        ChannelKind.ALERTMANAGER,
        ChannelKind.WEBHOOK,
        ChannelKind.MAIL,
    ]


@pytest.mark.parametrize("name", connections("https://example.com"))
def test_a_connection_that_is_a_uri_is_the_same_channel(name: str) -> None:
    made = connections("https://example.com")[name]
    fields = Fields(made.conn_type, made.login, made.password, made.host, made.port, made.schema, made.extra)
    assert address_of(Connection(made.id, uri=to_uri(fields))) == address_of(made)


@pytest.mark.parametrize(
    ("connection", "url"),
    [
        (Connection("c", conn_type="slackwebhook", password=HOOK), HOOK),
        (Connection("c", conn_type="slackwebhook", password="T0/B0/x"), HOOK),
        (
            Connection("c", conn_type="slackwebhook", host="https://hooks.slack.com/services/", password="/T0/B0/x"),
            HOOK,
        ),
        (Connection("c", conn_type="slackwebhook", host=HOOK), HOOK),
        (Connection("c", conn_type="msteams", host="https://x.example/w?sig=1"), "https://x.example/w?sig=1"),
        (Connection("c", conn_type="slack", password="x", extra='{"channel": "c"}'), "https://slack.com/api"),
        (Connection("c", conn_type="pagerduty_events", password="x"), "https://events.pagerduty.com"),
        (Connection("c", conn_type="alertmanager", host="am", port=9093), "http://am:9093"),
        (Connection("c", conn_type="alertmanager", host="am", schema="https"), "https://am"),
        (Connection("c", conn_type="http", host="::1", port=80), "http://[::1]:80"),
        (Connection("c", conn_type="https", host="x.example", extra='{"path": "/in"}'), "https://x.example/in"),
        (Connection("c", uri="https://x.example/in"), "https://x.example/in"),
    ],
)
def test_the_address_is_found_where_airflow_keeps_it(connection: Connection, url: str) -> None:
    assert address_of(connection).url == url


@pytest.mark.parametrize(
    ("connection", "message"),
    [
        (Connection("c", conn_type="postgres"), "'c' is of type 'postgres', which is no channel"),
        (Connection("c"), "is of type '', which is no channel"),
        (Connection("c", conn_type="slackwebhook"), "has no address"),
        (Connection("c", conn_type="slackwebhook", password="https://u:p@x/y"), "has no valid address"),
        (Connection("c", conn_type="msteams", password="https://x/y\nz"), "has no valid address"),
        (Connection("c", conn_type="msteams", password="ftp://secret"), "has no valid address"),
        (Connection("c", conn_type="slack", extra='{"channel": "c"}'), "has no token"),
        (Connection("c", conn_type="slack", password="x"), "names no channel"),
        (Connection("c", conn_type="slack", password="x\ny", extra='{"channel": "c"}'), "HTTP cannot carry"),
        (Connection("c", conn_type="pagerduty"), "has no integration key"),
        (Connection("c", conn_type="smtp", host="x"), "names no recipient"),
        (Connection("c", conn_type="smtp", host="x", extra='{"to": "a@b"}'), "names no sender"),
        (Connection("c", conn_type="smtp", host="x", extra='{"to": "é@b", "from": "a@b"}'), "cannot be used"),
        (
            Connection("c", conn_type="smtp", host="x", extra='{"to": "a@b\\nBcc: c@d", "from": "a@b"}'),
            "cannot be used",
        ),
        (Connection("c", conn_type="smtp", host="x", extra='{"to": "a b@c", "from": "a@b"}'), "cannot be used"),
        (Connection("c", conn_type="smtp", host="x", extra='{"to": "a@b", "from": "a@b, c@d"}'), "cannot be used"),
        (Connection("c", conn_type="smtp", host="x", extra='{"to": "nobody", "from": "a@b"}'), "cannot be used"),
        (Connection("c", conn_type="smtp", extra='{"to": "a@b", "from": "a@b"}'), "has no host"),
        (Connection("c", conn_type="https", host="x", extra="[]"), "no mapping in JSON"),
        (Connection("c", conn_type="https", host="x", extra='{"headers": {"A:": "b"}}'), "HTTP cannot carry"),
        (Connection("c", conn_type="https", host="x", extra='{"headers": ["a"]}'), "no mapping"),
        (Connection("c", conn_type="https", host="x", extra='{"proxy": "secret"}'), "proxy"),
        (Connection("c", uri="https://a://b://c"), "is no URI"),
        (Connection("c", vault_path="x"), "is in a Vault"),
    ],
)
def test_what_is_missing_is_named_and_no_value_shown(connection: Connection, message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        address_of(connection)
    assert message in refusal.value.message
    assert refusal.value.hint
    assert "secret" not in refusal.value.message + str(refusal.value.__cause__)


@pytest.mark.parametrize(
    ("port", "extra", "tls"),
    [
        (465, {"disable_tls": "false"}, "implicit"),
        (587, {"disable_tls": "false"}, "starttls"),
        (465, {"disable_ssl": "true", "disable_tls": "false"}, "starttls"),
        (25, {}, "none"),
    ],
)
def test_mail_is_encrypted_unless_the_connection_says_otherwise(port: int, extra: dict[str, str], tls: str) -> None:
    assert address_of(mail_connection(port, **extra)).options["tls"] == tls


def test_a_webhook_is_told_who_asks() -> None:
    basic = address_of(Connection("c", conn_type="https", host="x.example", login="ann", password="pw"))
    assert basic.headers == {"Authorization": "Basic YW5uOnB3"}
    bearer = address_of(connections("https://example.com")["https"])
    assert bearer.headers == {"Authorization": "Bearer secret-part", "X-From": "airside"}
