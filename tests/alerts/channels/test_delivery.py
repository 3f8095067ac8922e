"""What really goes over the wire, and what is made of the answers."""

import email.policy
import json
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from alert_samples import (
    BROKEN,
    CALM,
    DEPLOYED,
    RECOVERED,
    ROUTING_KEY,
    SLACK_TOKEN,
    STORM,
    connections,
    mail_connection,
)
from mail_server import Mailbox, receiving
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from airside.alerts.channels import Address, DeliveryError, address_of, deliver
from airside.alerts.channels.request import Answer
from airside.alerts.channels.verdict import failure_of
from airside.secrets.values import Connection

PLACES = {
    "slackwebhook": "/services/T0/B0/secret-part",
    "slack": "/api/chat.postMessage",
    "msteams": "/workflows/1",
    "pagerduty": "/v2/enqueue",
    "alertmanager": "/api/v2/alerts",
    "https": "/in",
}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with receiving() as box:
        yield box


def address(kind: str, server: HTTPServer) -> Address:
    return address_of(connections(server.url_for("").rstrip("/"))[kind])


def bodies(server: HTTPServer) -> list[dict[str, object]]:
    return [json.loads(request.get_data()) for request, _ in server.log]


@pytest.mark.parametrize("kind", PLACES)
def test_a_failure_and_its_recovery_arrive(kind: str, httpserver: HTTPServer) -> None:
    httpserver.expect_request(PLACES[kind], method="POST").respond_with_json({"ok": True, "ts": "1.2"})
    remembered = deliver(address(kind, httpserver), BROKEN, {})
    deliver(address(kind, httpserver), RECOVERED, remembered)
    assert len(bodies(httpserver)) == 2
    assert all(request.content_type == "application/json; charset=utf-8" for request, _ in httpserver.log)


def test_slack_tells_the_recovery_in_the_thread_of_the_failure(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/chat.postMessage").respond_with_json({"ok": True, "ts": "1503435956.000247"})
    slack = address("slack", httpserver)
    remembered = deliver(slack, BROKEN, {})
    assert deliver(slack, RECOVERED, remembered) == {"answer": '200 { "ok": true, "ts": "1503435956.000247" }'}
    first, second = bodies(httpserver)
    assert "thread_ts" not in first
    assert (second["thread_ts"], second["reply_broadcast"]) == ("1503435956.000247", True)
    assert httpserver.log[0][0].headers["Authorization"] == f"Bearer {SLACK_TOKEN}"


def test_a_storm_and_its_end_are_one_thread(httpserver: HTTPServer) -> None:
    answers = iter(["1.1", "2.2", "3.3"])
    httpserver.expect_request("/api/chat.postMessage").respond_with_handler(
        lambda _: Response(json.dumps({"ok": True, "ts": next(answers)}), content_type="application/json")
    )
    slack = address("slack", httpserver)
    first = deliver(slack, STORM, {})
    second = deliver(slack, STORM, first)
    deliver(slack, CALM, second)
    assert [body.get("thread_ts") for body in bodies(httpserver)] == [None, "1.1", "1.1"]


def test_a_thread_that_is_gone_or_of_another_channel_does_not_lose_the_message(httpserver: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        threaded = "thread_ts" in json.loads(request.get_data())
        document = {"ok": False, "error": "thread_not_found"} if threaded else {"ok": True, "ts": "9.9"}
        return Response(json.dumps(document), content_type="application/json")

    httpserver.expect_request("/api/chat.postMessage").respond_with_handler(answer)
    slack = address("slack", httpserver)
    deliver(slack, RECOVERED, {"ts": "1.1", "channel": "#data"})
    deliver(slack, RECOVERED, {"ts": "1.1", "channel": "#another"})
    assert [body.get("thread_ts") for body in bodies(httpserver)] == ["1.1", None, None]


def test_pagerduty_resolves_what_it_triggered(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v2/enqueue").respond_with_json({"status": "success"}, status=202)
    httpserver.expect_request("/v2/change/enqueue").respond_with_json({"status": "success"}, status=202)
    pagerduty = address("pagerduty", httpserver)
    for message in (BROKEN, RECOVERED, DEPLOYED, STORM):
        deliver(pagerduty, message, {})
    trigger, resolve, change, storm, ended = bodies(httpserver)
    assert (trigger["event_action"], resolve["event_action"]) == ("trigger", "resolve")
    assert trigger["dedup_key"] == resolve["dedup_key"] == BROKEN.key
    assert "event_action" not in change
    assert (storm["dedup_key"], ended["dedup_key"]) == (STORM.key, STORM.resolves[0])
    assert (storm["event_action"], ended["event_action"]) == ("trigger", "resolve")


def test_a_mail_arrives_and_its_recovery_answers_it(mailbox: Mailbox) -> None:
    mail = address_of(mail_connection(mailbox.port))
    remembered = deliver(mail, BROKEN, {})
    deliver(mail, RECOVERED, remembered)
    first, second = [email.message_from_bytes(raw, policy=email.policy.default) for raw in mailbox.mails]
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"] != second["Message-ID"]
    assert second["Subject"] == f"Re: {first['Subject']}" == "Re: load[3] of sales_daily failed in production"
    assert [str(part.get_content_type()) for part in first.iter_parts()] == ["text/plain", "text/html"]
    assert mailbox.recipients == ["rcpt TO:<ann@example.com>", "rcpt TO:<ops@example.com>"] * 2


def test_a_mail_that_is_sent_again_is_the_same_mail(mailbox: Mailbox) -> None:
    mail = address_of(mail_connection(mailbox.port))
    assert deliver(mail, BROKEN, {}) == deliver(mail, BROKEN, {})
    assert mailbox.mails[0] == mailbox.mails[1]


def test_a_mail_server_gets_the_password_and_nobody_else(mailbox: Mailbox) -> None:
    mailbox.offers = ("AUTH PLAIN",)
    connection = replace(mail_connection(mailbox.port), login="airside", password="hunter2-secret")
    deliver(address_of(connection), BROKEN, {})
    assert any(command.startswith("AUTH PLAIN") for command in mailbox.commands)
    mailbox.replies = {"AUTH": "535 5.7.8 hunter2-secret is wrong"}
    with pytest.raises(DeliveryError, match=r"answers 535: 5.7.8 \*\*\* is wrong") as failure:
        deliver(address_of(connection), BROKEN, {})
    assert not failure.value.is_final


def test_a_mail_server_without_tls_is_told_nothing(mailbox: Mailbox) -> None:
    with pytest.raises(DeliveryError, match="STARTTLS extension not supported"):
        deliver(address_of(mail_connection(mailbox.port, disable_tls="false")), BROKEN, {})
    assert not mailbox.mails


@pytest.mark.parametrize(
    ("replies", "is_final"),
    [
        ({"DATA": "554 spam"}, True),
        ({"DATA": "451 later"}, False),
        ({"MAIL": "550 no such sender"}, True),
        ({"RCPT": "450 later"}, False),
        ({"RCPT": "550 nobody"}, True),
        ({"CONNECT": "421 closing"}, False),
    ],
)
def test_a_mail_is_tried_again_unless_the_server_means_never(
    replies: dict[str, str], is_final: bool, mailbox: Mailbox
) -> None:
    mailbox.replies = replies
    with pytest.raises(DeliveryError) as failure:
        deliver(address_of(mail_connection(mailbox.port)), BROKEN, {})
    assert failure.value.is_final is is_final


def test_a_mail_that_some_have_got_is_not_sent_to_them_again(mailbox: Mailbox) -> None:
    mailbox.refused = frozenset({"ops@"})
    with pytest.raises(DeliveryError, match="takes 1 of 2 recipients") as failure:
        deliver(address_of(mail_connection(mailbox.port)), BROKEN, {})
    assert failure.value.is_final


@pytest.mark.parametrize(
    ("status", "headers", "retry_after", "is_final"),
    [
        (400, {}, None, True),
        (413, {}, None, True),
        (401, {}, None, False),
        (404, {}, None, False),
        (429, {"retry-after": "30"}, 30.0, False),
        (429, {"retry-after": "99999999"}, 3600.0, False),
        (
            503,
            {"retry-after": "Sat, 21 Nov 2026 12:01:30 GMT", "date": "Sat, 21 Nov 2026 12:00:00 GMT"},
            90.0,
            False,
        ),
        (503, {"retry-after": "soon"}, None, False),
        (500, {}, None, False),
        (302, {}, None, False),
    ],
)
def test_what_an_answer_means(status: int, headers: dict[str, str], retry_after: float | None, is_final: bool) -> None:
    there = address_of(connections("https://example.com")["https"])
    failure = failure_of(there, Answer(status, "no\nsecond line", headers))
    assert failure is not None
    assert (failure.retry_after, failure.is_final) == (retry_after, is_final)
    assert "second line" not in failure.message


@pytest.mark.parametrize(
    ("word", "is_final"), [("invalid_blocks", True), ("invalid_auth", False), ("ratelimited", False), ("", False)]
)
def test_slack_says_in_words_what_an_answer_means(word: str, is_final: bool) -> None:
    there = address_of(connections("https://example.com")["slack"])
    failure = failure_of(there, Answer(200, json.dumps({"ok": False, "error": word})))
    assert failure is not None
    assert failure.is_final is is_final


def test_a_wrong_key_of_pagerduty_is_mended_and_not_the_message() -> None:
    there = address_of(connections("https://example.com")["pagerduty"])
    of_key = failure_of(there, Answer(400, '{"status":"invalid event","errors":["Invalid routing key"]}'))
    of_event = failure_of(there, Answer(400, '{"status":"invalid event","errors":["Summary is missing"]}'))
    assert of_key is not None
    assert of_event is not None
    assert (of_key.is_final, of_event.is_final) == (False, True)


@pytest.mark.parametrize("kind", PLACES)
def test_no_error_shows_the_address_or_the_key(kind: str, httpserver: HTTPServer) -> None:
    there = address(kind, httpserver)
    echo = f"refused {there.url} for {there.secret} {dict(there.headers)}"
    httpserver.expect_request(PLACES[kind]).respond_with_data(echo, status=500)
    closed = free_port()
    dead = address_of(connections(f"http://127.0.0.1:{closed}")[kind])
    for target in (there, dead):
        with pytest.raises(DeliveryError) as failure:
            deliver(target, BROKEN, {})
        shown = "".join(traceback.format_exception(failure.value)) + repr(target) + str(target)
        for secret in ("secret-part", SLACK_TOKEN, ROUTING_KEY):
            assert secret not in shown
        assert target.name in failure.value.message


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/in").respond_with_data(
        "", status=307, headers={"Location": httpserver.url_for("/elsewhere")}
    )
    with pytest.raises(DeliveryError, match=r"sends elsewhere \(307\)") as failure:
        deliver(address("https", httpserver), BROKEN, {})
    assert [request.path for request, _ in httpserver.log] == ["/in"]
    assert not failure.value.is_final


def test_a_server_that_never_answers_holds_a_channel_for_the_time_out_alone() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        there = address_of(connections(f"http://127.0.0.1:{silent.getsockname()[1]}")["https"])
        began = time.monotonic()
        with pytest.raises(DeliveryError, match="no answer in time") as failure:
            deliver(there, BROKEN, {}, timeout=0.2)
    assert time.monotonic() - began < 2
    assert not failure.value.is_final


def test_a_server_that_answers_a_byte_at_a_time_does_not_hold_it_longer() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as slow:
        threading.Thread(target=drip, args=(slow,), daemon=True).start()
        there = address_of(connections(f"http://127.0.0.1:{slow.getsockname()[1]}")["https"])
        began = time.monotonic()
        assert deliver(there, BROKEN, {}, timeout=0.3)["answer"].startswith("200")
    assert time.monotonic() - began < 2


def drip(listening: socket.socket) -> None:
    taken, _ = listening.accept()
    with taken:
        taken.recv(65536)
        taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            for _ in range(100):
                taken.sendall(b"x")
                time.sleep(0.05)
        except OSError:
            return


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


def test_a_dead_host_is_said_to_be_one() -> None:
    there = address_of(Connection("hook", conn_type="https", host="https://nowhere.invalid"))
    with pytest.raises(DeliveryError, match="its host has no address"):
        deliver(there, BROKEN, {}, timeout=2)
