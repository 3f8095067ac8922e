"""E-mail: plain text and simple HTML, and the headers by which mail programs put a conversation together.

A conversation needs `In-Reply-To` (RFC 5322, section 3.6.4), and for some programs the same subject too.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from html import escape
from typing import Final

from airside.alerts.channels.address import Address
from airside.alerts.channels.request import Mail
from airside.alerts.plain import fit
from airside.alerts.storm import Message
from airside.alerts.text import mark
from airside.alerts.told import Told, told

MESSAGE_ID: Final = "message_id"
SUBJECT: Final = "subject"
_SUBJECT, _BODY, _VALUE, _TITLE = 200, 5000, 1000, 500
_FACT: Final = '<tr><td style="padding-right:1em;color:#666">{name}</td><td>{value}</td></tr>'


def mail(address: Address, message: Message, remembered: Mapping[str, str]) -> Mail:
    """Return the mail, an answer to the first of its incident.

    Args:
        address: Of a mail server, with sender and recipients.
        message: What to say.
        remembered: What `kept` returned for the first mail; empty of the first.
    """
    said = told(message)
    (sender,), recipients = mailboxes(address.options["from"]), mailboxes(address.options["to"])
    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender
    letter["To"] = recipients
    letter["Subject"] = f"Re: {remembered[SUBJECT]}" if SUBJECT in remembered else _subject(said)
    letter["Date"] = format_datetime(datetime.fromtimestamp(said.at, UTC))
    letter["Message-ID"] = _message_id(message, said, address)
    if first := remembered.get(MESSAGE_ID):
        letter["In-Reply-To"] = first
        letter["References"] = first
    # RFC 3834: nobody is away from a machine.
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("\n".join(_lines(said)) + "\n")
    letter.add_alternative("".join(_html(said)), subtype="html")
    # The same bytes for the same message: else it is made of random numbers.
    letter.set_boundary(f"=_{letter['Message-ID'][1:33]}")
    return Mail(sender.addr_spec, tuple(box.addr_spec for box in recipients), letter.as_bytes())


def kept(address: Address, message: Message) -> dict[str, str]:
    """Return what is remembered of the first mail of an incident."""
    said = told(message)
    return {MESSAGE_ID: _message_id(message, said, address), SUBJECT: _subject(said)}


def mailboxes(text: str) -> tuple[Mailbox, ...]:
    """Return the addresses that `text` lists.

    Raises:
        ValueError: It lists none, or one that is no address.
    """
    try:
        found = tuple(Mailbox(name, addr_spec=place) for name, place in getaddresses([text]))
    except (MessageError, IndexError) as error:
        raise ValueError(text) from error
    if not found or not all(box.domain for box in found):
        raise ValueError(text)
    return found


def _subject(said: Told) -> str:
    return fit(said.title, _SUBJECT)


def _message_id(message: Message, said: Told, address: Address) -> str:
    """Return the same for the same message: where one is sent twice, mail servers may drop the second."""
    digest = hashlib.sha256(f"{message.key}\0{message.state}\0{said.at}".encode(errors="replace")).hexdigest()
    return f"<{digest[:32]}@{mailboxes(address.options['from'])[0].domain}>"


def _lines(said: Told) -> Iterator[str]:
    yield f"{mark(said.state, said.severity)} {fit(said.title, _TITLE)}"
    if said.body:
        yield from ("", _cut(said.body), "")
    yield from (f"{fit(fact.name, _VALUE)}: {fit(fact.value, _VALUE)}" for fact in said.facts)
    if said.items:
        yield ""
    for item in said.items:
        yield f"- {fit(item.text, _TITLE)}"
        if item.url:
            yield f"  {item.url}"
    if said.links:
        yield ""
    yield from (f"{link.text}: {link.url}" for link in said.links)


def _html(said: Told) -> Iterator[str]:
    yield f"<!doctype html><html><body><h3>{mark(said.state, said.severity)} {fit(said.title, _TITLE, escape)}</h3>"
    if said.body:
        yield f"<pre>{_cut(said.body, is_html=True)}</pre>"
    facts = (_FACT.format(name=fit(f.name, _VALUE, escape), value=fit(f.value, _VALUE, escape)) for f in said.facts)
    yield f"<table>{''.join(facts)}</table>"
    if said.items:
        yield f"<ul>{''.join(f'<li>{_anchor(fit(i.text, _TITLE, escape), i.url)}</li>' for i in said.items)}</ul>"
    yield f"<p>{' · '.join(_anchor(escape(link.text), link.url) for link in said.links)}</p></body></html>"


def _cut(text: str, *, is_html: bool = False) -> str:
    """Return `text`, cut, with its lines."""
    return fit(text, _BODY, escape if is_html else str)


def _anchor(text: str, url: str | None) -> str:
    return f'<a href="{escape(url)}">{text}</a>' if url else text
