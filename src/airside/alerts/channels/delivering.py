"""From a message to what is sent, and to what is remembered of it."""

from collections.abc import Callable, Mapping
from typing import Final

from airside.alerts.channels import (
    alertmanager,
    mail,
    over_http,
    over_smtp,
    pagerduty,
    slack,
    teams,
    webhook,
)
from airside.alerts.channels.address import Address, ChannelKind
from airside.alerts.channels.request import Answer, Mail, Request
from airside.alerts.channels.verdict import LostThreadError, document_of, failure_of, said
from airside.alerts.incident import State
from airside.alerts.ports import ANSWER
from airside.alerts.storm import Message

_THREAD: Final = "ts"
_CHANNEL: Final = "channel"
_Sendable = tuple[Request | Mail, ...]
_BUILDERS: Final[Mapping[ChannelKind, Callable[[Address, Message, Mapping[str, str]], _Sendable]]] = {
    ChannelKind.SLACK_WEBHOOK: lambda address, message, _: (slack.webhook_request(address, message),),
    ChannelKind.SLACK: lambda address, message, kept: (slack.api_request(address, message, _thread(address, kept)),),
    ChannelKind.TEAMS: lambda address, message, _: (teams.request(address, message),),
    ChannelKind.PAGERDUTY: lambda address, message, _: pagerduty.requests(address, message),
    ChannelKind.MAIL: lambda address, message, kept: (mail.mail(address, message, kept),),
    ChannelKind.ALERTMANAGER: lambda address, message, _: (alertmanager.request(address, message),),
    ChannelKind.WEBHOOK: lambda address, message, _: (webhook.request(address, message),),
}


def requests_for(address: Address, message: Message, remembered: Mapping[str, str]) -> _Sendable:
    """Return what is sent to `address`, one after the other.

    Args:
        address: Of the channel.
        message: What to say.
        remembered: What `deliver` returned for the first message of this key.
    """
    return _BUILDERS[address.kind](address, message, remembered)


def deliver(
    address: Address, message: Message, remembered: Mapping[str, str], *, timeout: float = 10.0
) -> Mapping[str, str]:
    """Send `message`, and return what to remember until its incident is over, and under `ANSWER` what was answered.

    Args:
        address: Of the channel.
        message: What to say.
        remembered: What was returned for earlier messages of this key.
        timeout: Seconds for a connection, and as many for an answer.

    Raises:
        DeliveryError: It was not taken.
    """
    try:
        answers = [_sent(address, request, timeout) for request in requests_for(address, message, remembered)]
    except LostThreadError:
        remembered = {}
        answers = [_sent(address, request, timeout) for request in requests_for(address, message, remembered)]
    answer = answers[0]
    return {**_kept(address, message, remembered, answer), ANSWER: f"{answer.status} {said(address, answer)}".strip()}


def _sent(address: Address, request: Request | Mail, timeout: float) -> Answer:
    if isinstance(request, Mail):
        return over_smtp.send(address, request, timeout)
    answer = over_http.send(address, request, timeout)
    if failure := failure_of(address, answer):
        raise failure
    return answer


def _thread(address: Address, remembered: Mapping[str, str]) -> str | None:
    # Of another channel than the connection names now, the thread is unknown there.
    return remembered.get(_THREAD) if remembered.get(_CHANNEL) == address.options["channel"] else None


def _kept(address: Address, message: Message, remembered: Mapping[str, str], answer: Answer) -> Mapping[str, str]:
    if message.state is not State.BROKEN:
        return {}
    if address.kind is ChannelKind.SLACK:
        if _thread(address, remembered):
            return remembered
        found = document_of(answer).get("ts")
        return {_THREAD: found, _CHANNEL: address.options["channel"]} if isinstance(found, str) else {}
    if address.kind is ChannelKind.MAIL:
        return remembered if mail.MESSAGE_ID in remembered else mail.kept(address, message)
    return {}
