"""What was sent, as mappings that expectations are compared with."""

from collections.abc import Iterator, Mapping
from typing import Any

from airside.testing.expecting.mismatch import NOTHING, Mismatch, below
from airside.testing.expecting.reaching import Came, reach
from airside.testing.expecting.sent import sent_faults
from airside.testing.expecting.sent_expected import MailExpected, MessageExpected, RequestExpected, SentExpected
from airside.testing.standins.readings import HasMails, HasMessages, HasRequests, Mail, Message, Request


def request_faults(connection: str, expected: SentExpected[RequestExpected], came: Came) -> Iterator[Mismatch]:
    """Yield how the requests to an HTTP server differ."""
    requests = reach(came, connection, HasRequests).requests()
    yield from sent_faults(expected, list(map(_request, requests)), below("requests", connection))


def mail_faults(connection: str, expected: SentExpected[MailExpected], came: Came) -> Iterator[Mismatch]:
    """Yield how the mails to a mail server differ."""
    mails = reach(came, connection, HasMails).mails()
    yield from sent_faults(expected, list(map(_mail, mails)), below("mails", connection))


def message_faults(connection: str, expected: SentExpected[MessageExpected], came: Came) -> Iterator[Mismatch]:
    """Yield how the messages to a chat or a pager differ."""
    messages = reach(came, connection, HasMessages).messages()
    yield from sent_faults(expected, list(map(_message, messages)), below("messages", connection))


def _request(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "headers": _lowered(request.headers),
        "text": request.body.decode(errors="replace"),
        "json": _json(request),
        "status": request.status,
    }


def _mail(mail: Mail) -> dict[str, Any]:
    return {
        "sender": mail.sender,
        "to": list(mail.to),
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "headers": _lowered(mail.headers),
        "attachments": {name: content.decode(errors="replace") for name, content in mail.attachments.items()},
    }


def _message(message: Message) -> dict[str, Any]:
    return {"channel": message.channel, "text": message.text, "body": message.body}


def _json(request: Request) -> Any:
    try:
        return request.json
    except ValueError:
        return NOTHING


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
