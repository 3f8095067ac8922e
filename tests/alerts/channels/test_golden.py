"""The exact bytes of each channel. `golden/README.md` names the documents that each follows."""

import json
from pathlib import Path
from typing import Any

import pytest
from alert_samples import BARE, BROKEN, DEPLOYED, RECOVERED, STORM, connections, mail_connection
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from airside.alerts.channels import Mail, Request, address_of, requests_for
from airside.alerts.incident import State
from airside.alerts.storm import Digest, Message

HERE = Path(__file__).parent
MESSAGES: dict[str, Message] = {
    "broken": BROKEN,
    "recovered": RECOVERED,
    "deployed": DEPLOYED,
    "bare": BARE,
    "digest": STORM,
}
SHAPES = {
    "slackwebhook": "slack_message",
    "slack": "slack_message",
    "msteams": "teams_message",
    "pagerduty": "pagerduty_event",
    "alertmanager": "alertmanager_alerts",
    "https": "webhook",
}
REMEMBERED = {"ts": "1503435956.000247", "channel": "#data"}


def sent(kind: str, message: Message) -> tuple[Request, ...]:
    remembered = REMEMBERED if message is RECOVERED else {}
    made = requests_for(address_of(connections("https://example.com")[kind]), message, remembered)
    return tuple(request for request in made if isinstance(request, Request))


def is_as_before(path: Path, content: str) -> bool:
    if not path.exists():
        path.write_text(content)
        pytest.fail(f"{path.name} was missing and is written: compare it with the documents, then commit it")
    return path.read_text() == content


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("kind", SHAPES)
def test_a_channel_sends_exactly_this(kind: str, name: str) -> None:
    exchange = [
        {
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
            "body": json.loads(request.body),
        }
        for request in sent(kind, MESSAGES[name])
    ]
    content = json.dumps(exchange, indent=2, ensure_ascii=False) + "\n"
    assert is_as_before(HERE / "golden" / f"{kind}-{name}.json", content)


@pytest.mark.parametrize("name", ["broken", "recovered", "digest"])
def test_a_mail_is_exactly_this(name: str) -> None:
    remembered = {"message_id": "<first@example.com>", "subject": "What failed"} if name == "recovered" else {}
    (mail,) = requests_for(address_of(mail_connection(25)), MESSAGES[name], remembered)
    assert isinstance(mail, Mail)
    assert is_as_before(HERE / "golden" / f"smtp-{name}.eml", mail.content.decode("ascii").replace("\r\n", "\n"))
    assert mail.recipients == ("ann@example.com", "ops@example.com")


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("kind", SHAPES)
def test_what_is_sent_has_the_shape_that_the_vendor_describes(kind: str, name: str) -> None:
    for request in sent(kind, MESSAGES[name]):
        assert shape(kind).is_valid(json.loads(request.body)), list(shape(kind).iter_errors(json.loads(request.body)))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("slackwebhook", {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}),
        ("msteams", {"attachments": []}),
        ("pagerduty", {"event_action": "open"}),
    ],
)
def test_the_shape_refuses_what_the_vendor_would(kind: str, change: dict[str, Any]) -> None:
    document = json.loads(sent(kind, BROKEN)[0].body)
    assert not shape(kind).is_valid({**document, **change})


def test_alertmanager_gets_each_incident_of_a_digest_as_it_is_now() -> None:
    again = Digest((BROKEN, RECOVERED, BROKEN), "d", State.BROKEN)
    (request,) = sent("alertmanager", again)
    (alert,) = json.loads(request.body)
    assert alert["labels"]["severity"] == "error"


def shape(kind: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((HERE / "shapes" / f"{SHAPES[kind]}.json").read_text()))
