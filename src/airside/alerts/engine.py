"""The engine: events in, messages out, and all that is not said yet on disk.

A killed watcher loses no message and repeats at most one on each channel: what is to be said is on disk before the
sources are told that it is safe, and what was said is taken from there right after. The repeated one has the key of
the first, so a pager and a thread take it for the same.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from airside.alerts.event import ENDS, Event
from airside.alerts.folding import break_silence, fold
from airside.alerts.outbox import attempted, delivered, is_due, prepared, refused
from airside.alerts.ports import Channel, DeliveryError, Send
from airside.alerts.route import Route, routes_for
from airside.alerts.silences import covers
from airside.alerts.state import ChannelState, StateFile
from airside.alerts.storm import Message
from airside.alerts.telling import Line, Tell
from airside.base.errors import AirsideError, PlatformError

if TYPE_CHECKING:
    from airside.release.silence import Silence

MOST_SEEN: Final = 2000
"""Identities of events that are remembered, and always those of the last poll."""

Start = Callable[[Callable[[], None]], None]


def in_a_thread(work: Callable[[], None]) -> None:
    """Run `work` beside; it does not hold the process up when that ends."""
    threading.Thread(target=work, name="airside-alerts-send", daemon=True).start()


class Engine:
    """What is open, what is to be said, and to whom. All methods are for one thread.

    Args:
        routes: Which channels hear of what.
        send: Delivers one message; called in a thread of its own for each channel, so that a dead one delays no other.
        clock: Returns seconds since 1970.
        file: Keeps the state.
        tell: Is told each change of a channel.

    Attributes:
        silences: Those that hold; the watcher replaces them as it reads them. None: they were not read yet.
        start: Runs a delivery.

    Raises:
        PlatformError: The state cannot be read.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        send: Send,
        clock: Callable[[], float],
        file: StateFile,
        tell: Tell,
    ) -> None:
        self._routes, self._send, self._clock, self._file, self._tell = tuple(routes), send, clock, file, tell
        self._state = self._saved = file.load()
        self._answers = queue.SimpleQueue[tuple[Channel, Mapping[str, str] | AirsideError]]()
        self._under_way: set[Channel] = set()
        self._fault = ""
        self.silences: tuple[Silence, ...] | None = None
        self.start: Start = in_a_thread

    @property
    def is_saved(self) -> bool:
        """All that it knows is on disk. If not, sources keep their events: they come again after a crash."""
        return self._saved is self._state

    @property
    def channels(self) -> tuple[ChannelState, ...]:
        """What each channel was told, and is to be told."""
        return self._state.channels

    @property
    def is_sending(self) -> bool:
        """A message is on its way."""
        return bool(self._under_way)

    def feed(self, events: Iterable[Event]) -> None:
        """Take events that happened; those that it has seen already do nothing."""
        known = set(self._state.seen)
        new = {event.identity: event for event in events if event.identity not in known}
        if not new:
            self._save()
            return
        changed, is_silenced = dict[Channel, ChannelState](), self._silence()
        for event in sorted(new.values(), key=lambda each: each.at):
            for channel, by_task in self._concerned(event, changed).items():
                before = changed.get(channel) or self._state.of(channel)
                changed[channel] = fold(before, event, by_task=by_task, is_silenced=is_silenced(event))
        seen = (*self._state.seen, *new)
        # What sources keep, since it is on no disk yet, comes again: then all of it has to be known.
        kept = seen[-max(MOST_SEEN, len(new)) :] if self.is_saved else seen
        self._state = replace(self._state.updated(changed), seen=kept)
        self._save()

    def _concerned(self, event: Event, changed: Mapping[Channel, ChannelState]) -> dict[Channel, bool]:
        """Return the channels that hear of `event`, and whether each task has an incident of its own there."""
        matching = routes_for(self._routes, event)
        found: dict[Channel, bool] = {}
        for route in matching:
            for connection in route.channels:
                channel = Channel(event.environment, connection)
                found[channel] = found.get(channel, False) or route.by_task
        if event.kind in ENDS:
            # Whoever was told that it broke is told that it is well, also where the routes have changed since.
            known = {*changed, *(each.channel for each in self._state.channels)}
            return {channel: False for channel in known if channel.environment == event.environment}
        return found

    def _silence(self) -> Callable[[Event], bool]:
        """Return what tells whether somebody asked for silence about an event."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        holding = [silence for silence in self.silences or () if not silence.is_over(now)]
        return lambda event: any(covers(silence, event) for silence in holding)

    def settle(self) -> None:
        """Take the answers that have come, and send nothing more."""
        self._take_answers()
        self._save()

    def turn(self) -> None:
        """Take the answers that have come, and send what is due."""
        self._take_answers()
        self._break_silences()
        now = self._clock()
        changed, starting = dict[Channel, ChannelState](), []
        for before in self._state.channels:
            if before.channel in self._under_way:
                continue
            after = prepared(before, now)
            if is_due(after, now):
                after = attempted(after, now)
                starting.append(after)
            if after is not before:
                changed[before.channel] = after
        if changed:
            self._state = self._state.updated(changed)
        self._save()
        for state in starting:
            self._begin(state)

    def _break_silences(self) -> None:
        """Tell what is still broken when its silence is over: a daily workflow fails again only tomorrow."""
        if self.silences is None:
            return
        is_silenced = self._silence()
        spoken = [(before, break_silence(before, is_silenced)) for before in self._state.channels]
        if changed := {after.channel: after for before, after in spoken if after is not before}:
            self._state = self._state.updated(changed)

    def _begin(self, state: ChannelState) -> None:
        channel, message = state.channel, state.outgoing[0].message
        remembered = state.remembered.get(message.key, {})
        self._under_way.add(channel)
        self.start(lambda: self._answers.put((channel, self._deliver(channel, message, remembered))))

    def _deliver(
        self, channel: Channel, message: Message, remembered: Mapping[str, str]
    ) -> Mapping[str, str] | AirsideError:
        try:
            return self._send(channel, message, remembered)
        except AirsideError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a defect of one channel must not end the thread without an answer
            return DeliveryError(f"{channel.connection} cannot be used: {type(error).__name__}")

    def _take_answers(self) -> None:
        while True:
            try:
                channel, answer = self._answers.get_nowait()
            except queue.Empty:
                return
            self._under_way.discard(channel)
            before, now = self._state.of(channel), self._clock()
            if isinstance(answer, AirsideError):
                after = self._refused(before, answer, now)
            else:
                after = delivered(before, answer, now)
                self._tell_delivered(before)
            self._state = self._state.updated({channel: after})

    def _refused(self, before: ChannelState, error: AirsideError, now: float) -> ChannelState:
        after, is_dropped = refused(before, error, now)
        facts = _facts(before) | {"reason": error.message, "hint": error.hint}
        if before.counters.failing_since is None:
            self._tell(Line("channel-failing", "error", facts))
        if is_dropped:
            self._tell(Line("dropped", "error", facts | {"attempts": before.outgoing[0].attempts}))
        return after

    def _tell_delivered(self, before: ChannelState) -> None:
        if before.counters.failing_since is not None:
            self._tell(Line("channel-works", facts=_facts(before)))
        self._tell(Line("delivered", facts=_facts(before) | {"attempts": before.outgoing[0].attempts}))

    def _save(self) -> None:
        """Write what has changed. Where the disk is full it goes on: then, of all times, there is something to tell."""
        if self.is_saved:
            return
        try:
            self._file.save(self._state)
        except PlatformError as error:
            if self._fault != error.message:
                self._tell(Line("state-not-saved", "error", {"reason": error.message, "hint": error.hint}))
            self._fault = error.message
            return
        if self._fault:
            self._tell(Line("state-saved"))
        self._saved, self._fault = self._state, ""


def _facts(state: ChannelState) -> dict[str, object]:
    message = state.outgoing[0].message
    place: dict[str, object] = {"channel": state.channel.connection, "environment": state.channel.environment}
    return place | {"key": message.key, "state": message.state}
