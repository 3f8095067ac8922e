"""Events, a clock that stands still, and a channel that writes down what it is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airside.alerts.engine import Engine
from airside.alerts.event import Event, Kind
from airside.alerts.incident import Notice
from airside.alerts.ports import Channel, DeliveryError
from airside.alerts.route import Route
from airside.alerts.state import StateFile
from airside.alerts.storm import Message
from airside.alerts.telling import Line

ROUTE = Route(name="all", channels=("chat",))


def event(kind: Kind = Kind.TASK_FAILED, at: float = 0.0, **facts: Any) -> Event:
    """Return an event of the workflow `orders` in production."""
    usual: dict[str, Any] = {"environment": "production", "subject": "orders", "run": f"run-{at}"}
    if kind is Kind.TASK_FAILED:
        usual["task"] = "load"
    return Event(kind=kind, at=at, **(usual | facts))


@dataclass
class Receiver:
    """A channel.

    Attributes:
        clock: The time.
        got: What it was told: when, where, what.
        refuses: Called before a message is taken; may raise.
    """

    clock: "Clock"
    got: list[tuple[float, Channel, Message]] = field(default_factory=list)
    refuses: Callable[[Channel, Message], None] = lambda _channel, _message: None
    answer: Mapping[str, str] = field(default_factory=dict)
    remembered: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, channel: Channel, message: Message, remembered: Mapping[str, str]) -> Mapping[str, str]:
        self.refuses(channel, message)
        self.got.append((self.clock.now, channel, message))
        self.remembered.append(remembered)
        return self.answer

    @property
    def messages(self) -> list[Message]:
        return [message for _, _, message in self.got]

    def notices(self, connection: str | None = None) -> list[Notice]:
        """Return all notices, digests taken apart."""
        return [
            notice
            for _, channel, message in self.got
            if connection in {None, channel.connection}
            for notice in ([message] if isinstance(message, Notice) else message.notices)
        ]


@dataclass
class Clock:
    """Seconds since 1970."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Bench:
    """An engine with all that is around it; deliveries happen at once."""

    folder: Path
    routes: Sequence[Route] = (ROUTE,)
    clock: Clock = field(default_factory=Clock)
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.receiver = Receiver(self.clock)
        self.engine = self.restarted()

    def restarted(self) -> Engine:
        """Return an engine that knows what is on disk."""
        self.folder.mkdir(exist_ok=True)
        self.engine = Engine(self.routes, self.receiver, self.clock, StateFile(self.folder), self.lines.append)
        self.engine.start = lambda work: work()
        return self.engine

    def feed(self, *events: Event) -> None:
        """Feed, send, and take the answers."""
        self.engine.feed(events)
        self.turn()

    def turn(self) -> None:
        """Send what is due, and take the answers."""
        self.engine.turn()
        while self.engine.is_sending:
            self.engine.settle()
            self.engine.turn()

    def wait(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass."""
        ends = self.clock.now + seconds
        while self.clock.now < ends:
            self.clock.now = min(self.clock.now + step, ends)
            self.turn()

    def said(self) -> list[str]:
        """Return what was told as text: ``broken airside/production/orders``."""
        return [f"{notice.state} {notice.key}" for notice in self.receiver.notices()]


def unreachable(_channel: Channel, _message: Message) -> None:
    """Refuse every message, as a server that is down."""
    raise DeliveryError("chat does not answer")


def windows(times: Sequence[float], seconds: float) -> Iterator[int]:
    """Yield how many of `times` lie in each window that begins with one of them."""
    return (sum(1 for at in times if begin <= at <= begin + seconds) for begin in times)
