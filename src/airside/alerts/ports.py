"""What the engine needs of others: sources of events, and somebody who delivers messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from airside.alerts.event import Event
from airside.alerts.incident import Notice
from airside.alerts.storm import Digest
from airside.base.errors import AirsideError

ANSWER: Final = "answer"
"""The key of what `Send` returns that says what the other side answered; it is shown and not remembered."""


class DeliveryError(AirsideError):
    """A message was not taken.

    Args:
        message: What failed, on which channel; holds no secret.
        hint: The next step.
        retry_after: Seconds that the other side asks to wait; None where it does not say.
        is_final: This very message will never be taken, so it is dropped. A wrong token, a channel that is gone and a
            server that does not answer are not final: they are mended, and then the message comes.
    """

    def __init__(
        self, message: str, *, hint: str | None = None, retry_after: float | None = None, is_final: bool = False
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after
        self.is_final = is_final


@dataclass(frozen=True, slots=True, order=True)
class Channel:
    """Where messages go: a connection, as one environment has it.

    Attributes:
        environment: Whose connection.
        connection: Its id.
    """

    environment: str
    connection: str


class Source(Protocol):
    """Where events come from. One thread asks it."""

    def poll(self) -> Sequence[Event]:
        """Return what happened since what was settled last; the same again until it is settled.

        Errors are not masked yet: the engine does it. An event that comes twice is noticed by its identity.

        Raises:
            AirsideError: It does not answer. It is asked again.
        """
        ...

    def settle(self) -> None:
        """Forget what the last `poll` returned: it is on disk with the engine now."""
        ...


class Send(Protocol):
    """Delivers one message. Called by one thread for each channel."""

    def __call__(self, channel: Channel, message: Notice | Digest, remembered: Mapping[str, str]) -> Mapping[str, str]:
        """Return what to remember of the conversation, and under `ANSWER` what the other side said.

        Args:
            channel: Where to.
            message: What to say.
            remembered: What was returned for earlier messages of this key.

        Raises:
            DeliveryError: It was not taken.
            AirsideError: The channel cannot be used as it is configured; it is tried again later.
        """
        ...
