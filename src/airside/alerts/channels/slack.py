"""Slack: blocks for an incoming webhook, and for `chat.postMessage`, which knows threads.

Lengths: https://docs.slack.dev/reference/block-kit/blocks (header 150, section 3000, ten fields of 2000; 50 blocks).
Escapes: https://docs.slack.dev/messaging/formatting-message-text. Links are text and no buttons: a button also calls
the app, and Slack shows a warning beside it where nothing answers.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from airside.alerts.channels.address import Address
from airside.alerts.channels.request import Request, posted
from airside.alerts.plain import fit
from airside.alerts.storm import Message
from airside.alerts.text import Fact, mark
from airside.alerts.told import Item, Told, told

_HEADER, _SECTION, _FIELD, _FIELDS = 150, 3000, 500, 10
_ITEM = 200
_TEXT: Final = 1000
# The last would begin or end a block of code.
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "\N{MODIFIER LETTER GRAVE ACCENT}"}


def webhook_request(address: Address, message: Message) -> Request:
    """Return what an incoming webhook is sent."""
    return posted(address.url, _content(told(message)), address.headers)


def api_request(address: Address, message: Message, thread: str | None) -> Request:
    """Return the call of `chat.postMessage`.

    Args:
        address: With a token and a channel.
        message: What to say.
        thread: The `ts` of the message that this one follows; the channel sees it too.
    """
    document = {"channel": address.options["channel"], **_content(told(message))}
    if thread:
        document |= {"thread_ts": thread, "reply_broadcast": True}
    return posted(f"{address.url}/chat.postMessage", document, address.headers)


def _content(said: Told) -> dict[str, Any]:
    dot = mark(said.state, said.severity)
    text = f"{dot} {said.title}" + (f": {said.body.splitlines()[0]}" if said.body else "")
    return {
        "text": fit(text, _TEXT, _escaped),
        "blocks": list(_blocks(said, dot)),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _blocks(said: Told, dot: str) -> Iterable[Mapping[str, Any]]:
    yield {
        "type": "header",
        "text": {"type": "plain_text", "text": fit(f"{dot} {said.title}", _HEADER), "emoji": False},
    }
    if said.body:
        yield _section(f"```{fit(said.body, _SECTION - 6, _escaped)}```")
    for start in range(0, len(said.facts), _FIELDS):
        yield {"type": "section", "fields": [_field(fact) for fact in said.facts[start : start + _FIELDS]]}
    for text in _packed(f"• {_linked(item)}" for item in said.items):
        yield _section(text)
    if said.links:
        for text in _packed(_linked(Item(link.text, link.url)) for link in said.links):
            yield _section(text.replace("\n", "  ·  "))


def _packed(lines: Iterable[str]) -> list[str]:
    """Return the lines in as few texts as a section may have; no line is longer."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < _SECTION // 2:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts


def _linked(item: Item) -> str:
    text = fit(item.text, _ITEM, _escaped)
    if item.url is None:
        return text
    url = quote(item.url, safe="%/:?#[]@!$&'()*+,;=~").replace("&", "&amp;")
    return f"<{url}|{text}>" if len(url) + len(text) < _SECTION - 10 else text


def _field(fact: Fact) -> Mapping[str, Any]:
    return _mrkdwn(f"*{fit(fact.name, 80, _escaped)}*\n{fit(fact.value, _FIELD, _escaped)}")


def _section(text: str) -> Mapping[str, Any]:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Mapping[str, Any]:
    # Verbatim: Slack makes no links of what looks like an address, a channel or a name.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _escaped(letter: str) -> str:
    return _ESCAPES.get(letter, letter)
