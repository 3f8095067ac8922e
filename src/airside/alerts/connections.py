"""Channels are connections of the environment that an event is of; so are the secrets that are masked in it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from airside.alerts.channels import address_of, deliver
from airside.alerts.event import Event
from airside.alerts.masking import Masks
from airside.alerts.ports import Channel
from airside.alerts.storm import Message
from airside.base.errors import AirsideError, UsageError
from airside.base.suggestions import suggestion
from airside.secrets.values import Secrets

NOT_SHOWN: Final = "(not shown: the secrets that it may hold cannot be read, and so cannot be masked)"


class Connections:
    """Looks connections up, and masks what must not be told. Threads may share it.

    Args:
        read: Returns the secrets of an environment as they are now.
    """

    def __init__(self, read: Callable[[str], Secrets]) -> None:
        self._read = read
        self._masks: dict[str, tuple[str, Masks]] = {}

    def send(self, channel: Channel, message: Message, remembered: Mapping[str, str]) -> Mapping[str, str]:
        """Deliver one message; see `airside.alerts.ports.Send`.

        Raises:
            DeliveryError: It was not taken.
            AirsideError: There is no such connection, or it is no channel, or the secrets cannot be read.
        """
        secrets = self._read(channel.environment)
        if (connection := secrets.connection(channel.connection)) is None:
            raise UsageError(
                f"{channel.environment!r} has no connection {channel.connection!r}"
                f"{suggestion(channel.connection, secrets.connections)}",
                hint=f"`airside secrets edit {channel.environment}` makes one, or correct [[alerts]] in airside.toml.",
            )
        return deliver(address_of(connection), message, remembered)

    def redact(self, event: Event) -> Event:
        """Return `event` without secrets of its environment."""
        if not (event.error or event.detail):
            return event
        try:
            return self._of(event.environment).event(event)
        except AirsideError:
            # Whatever it says, it is not worth a secret.
            return replace(event, error=event.error and NOT_SHOWN, detail=event.detail and NOT_SHOWN)

    def _of(self, environment: str) -> Masks:
        secrets = self._read(environment)
        held = self._masks.get(environment)
        if held is None or held[0] != secrets.version:
            held = self._masks[environment] = (secrets.version, Masks.of(secrets))
        return held[1]
