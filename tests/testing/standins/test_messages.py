import json
import smtplib
from collections.abc import Mapping
from email.message import EmailMessage

import urllib3
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient
from standing_in import Start

from airside.testing import pagerduty, slack, smtp, teams


def _post(url: str, body: Mapping[str, object]) -> tuple[int, bytes]:
    response = urllib3.request("POST", url, json=body, retries=False)
    return response.status, response.data


def test_a_webhook_of_slack_keeps_what_a_human_would_read(start: Start) -> None:
    running = start(slack())
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*orders* failed"}}]
    assert WebhookClient(running.reached.connection["password"]).send(text="failed", blocks=blocks).body == "ok"
    assert [each.text for each in running.messages()] == ["failed\n*orders* failed"]


def test_a_bot_of_slack_has_channels_and_threads(start: Start) -> None:
    running = start(slack("bot", channel="#data"))
    assert running.reached.connection["extra"]["channel"] == "#data"
    client = WebClient("xoxb-test", base_url=running.reached.connection["extra"]["base_url"])
    assert client.auth_test()["ok"]
    first, second = (client.chat_postMessage(channel="#a", text=text)["ts"] for text in ("one", "two"))
    assert first != second
    assert [(each.channel, each.text) for each in running.messages()] == [("#a", "one"), ("#a", "two")]


def test_a_slack_that_fails_is_heard_all_the_same(start: Start) -> None:
    running = start(slack(status=500))
    assert WebhookClient(running.reached.connection["password"]).send(text="x").status_code == 500
    assert len(running.messages()) == 1


def test_teams_takes_cards(start: Start) -> None:
    running = start(teams())
    facts = {"type": "FactSet", "facts": [{"title": "Run", "value": "7"}]}
    card = {"body": [{"type": "TextBlock", "text": "orders failed"}, facts]}
    assert _post(running.reached.connection["password"], {"attachments": [{"content": card}]}) == (202, b"")
    assert running.messages()[0].text == "orders failed\nRun\n7"


def test_pagerduty_takes_events(start: Start) -> None:
    running = start(pagerduty())
    event = {"event_action": "trigger", "dedup_key": "k", "payload": {"summary": "orders failed", "severity": "error"}}
    status, said = _post(f"{running.reached.connection['extra']['url']}/v2/enqueue", event)
    assert (status, json.loads(said)["dedup_key"]) == (202, "k")
    assert [(each.channel, each.text) for each in running.messages()] == [("trigger", "orders failed")]


def test_two_chats_do_not_hear_each_other(start: Start) -> None:
    one, two = start(slack(), "one"), start(slack(), "two")
    WebhookClient(one.reached.connection["password"]).send(text="x")
    assert (len(one.messages()), len(two.messages())) == (1, 0)


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"], mail["Cc"] = "Grüße", "a@example.com", "b@example.com", "c@example.com"
    mail.set_content("Hällo\n.\nzwei\n")
    mail.add_alternative("<b>hi</b>", subtype="html")
    mail.add_attachment(b"1,2", maintype="text", subtype="csv", filename="a.csv")
    return mail


def test_a_mail_is_read_with_its_parts(start: Start) -> None:
    running = start(smtp())
    fields = running.reached.connection
    with smtplib.SMTP(fields["host"], fields["port"]) as client:
        client.login("user", "password")
        client.send_message(_mail())
    mail = running.mails()[0]
    assert (mail.sender, mail.to, mail.subject) == ("a@example.com", ("b@example.com", "c@example.com"), "Grüße")
    assert (mail.text, mail.html, dict(mail.attachments)) == ("Hällo\n.\nzwei", "<b>hi</b>", {"a.csv": b"1,2"})


def test_a_recipient_who_is_refused_gets_nothing(start: Start) -> None:
    running = start(smtp(refuse=["c@example.com"]))
    with smtplib.SMTP("127.0.0.1", running.reached.connection["port"]) as client:
        assert client.send_message(_mail()) == {"c@example.com": (550, b"5.1.1 nobody of this name")}
    assert running.mails()[0].to == ("b@example.com",)


def test_the_next_test_finds_an_empty_mailbox(start: Start) -> None:
    first = start(smtp())
    with smtplib.SMTP("127.0.0.1", first.reached.connection["port"]) as client:
        client.send_message(_mail())
    first.close()
    assert start(smtp()).mails() == []
