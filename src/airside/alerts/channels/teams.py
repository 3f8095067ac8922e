"""Microsoft Teams: an adaptive card for the webhook of a workflow of Teams.

The card is of version 1.4 (https://adaptivecards.io/schemas/adaptive-card.json). All that came from elsewhere stands in
text runs: of all texts of a card, they alone know no Markdown, so that nothing has to be escaped.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from airside.alerts.channels.address import Address
from airside.alerts.channels.request import Request, encoded, posted
from airside.alerts.event import Severity
from airside.alerts.incident import State
from airside.alerts.plain import fit
from airside.alerts.storm import Message
from airside.alerts.text import Fact, mark
from airside.alerts.told import Item, Told, told

_LARGEST: Final = 28 * 1000
"""Bytes of UTF-16. A message may have "approximately 28 KB", and one page of Microsoft counts them as UTF-16
(https://learn.microsoft.com/connectors/teams/, "Message size limit")."""
_ACTIONS: Final = 6
_TITLE: Final = 300


@dataclass(frozen=True, slots=True)
class _Budget:
    """How long the parts of a card may be, in characters: of the error, of a line, of an address."""

    body: int
    line: int
    url: int


_BUDGETS: Final = (_Budget(2000, 400, 2000), _Budget(1000, 200, 1000), _Budget(500, 100, 300), _Budget(200, 50, 100))


def request(address: Address, message: Message) -> Request:
    """Return what the webhook is sent: the largest card that Teams takes."""
    said = told(message)
    for budget in _BUDGETS:
        document = _message(said, budget)
        if len(encoded(document).decode().encode("utf-16-le")) <= _LARGEST:
            break
    return posted(address.url, document, address.headers)


def _message(said: Told, budget: _Budget) -> Mapping[str, Any]:
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": "This client cannot show the card.",
        "body": list(_body(said, budget)),
        "msteams": {"width": "Full"},
    }
    shown = [link for link in said.links if len(link.url) <= budget.url][:_ACTIONS]
    if shown:
        card["actions"] = [{"type": "Action.OpenUrl", "title": fit(link.text, 60), "url": link.url} for link in shown]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _body(said: Told, budget: _Budget) -> Iterator[Mapping[str, Any]]:
    title = fit(f"{mark(said.state, said.severity)} {said.title}", _TITLE)
    yield _block(_run(title, weight="bolder", size="medium", color=_color(said)))
    if said.body:
        yield _block(_run(fit(said.body, budget.body), fontType="monospace"))
    for place, fact in enumerate(said.facts):
        yield _fact(fact, budget, "small" if place else "default")
    for place, item in enumerate(said.items):
        yield _item(item, budget, "small" if place else "default")


def _fact(fact: Fact, budget: _Budget, spacing: str) -> Mapping[str, Any]:
    name = _run(f"{fit(fact.name, budget.line)}: ", weight="bolder")
    return _block(name, _run(fit(fact.value, budget.line)), spacing=spacing)


def _item(item: Item, budget: _Budget, spacing: str) -> Mapping[str, Any]:
    run = _run(fit(item.text, budget.line))
    if item.url and len(item.url) <= budget.url:
        run = {**run, "selectAction": {"type": "Action.OpenUrl", "url": item.url}}
    return _block(_run("• "), run, spacing=spacing)


def _block(*runs: Mapping[str, Any], spacing: str = "default") -> Mapping[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs), "spacing": spacing}


def _run(text: str, **looks: object) -> Mapping[str, Any]:
    return {"type": "TextRun", "text": text, **looks}


def _color(said: Told) -> str:
    if said.state is State.RECOVERED:
        return "good"
    if said.severity >= Severity.ERROR:
        return "attention"
    return "warning" if said.severity is Severity.WARNING else "accent"
