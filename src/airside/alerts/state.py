"""What the watcher knows, on disk: one small file that is replaced in one step."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import msgspec

from airside.alerts.conversation import Heard
from airside.alerts.incident import Incident, Notice
from airside.alerts.ports import Channel
from airside.alerts.storm import Digest, Message
from airside.base.errors import PlatformError, RefusedError
from airside.base.files import write_atomically
from airside.base.one_holder import HeldError, held

FILE: Final = "state.json"
_LOCK: Final = "watch.lock"
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way. Of `notice` and `digest` one is None.

    Attributes:
        notice: The message, if it is a single one.
        digest: The message, if it is many in one.
        attempts: How often it was tried.
        began: When it was tried first, seconds since 1970; None before.
        due: When it is tried next.
    """

    notice: Notice | None = None
    digest: Digest | None = None
    attempts: int = 0
    began: float | None = None
    due: float = 0.0

    @classmethod
    def of(cls, message: Message) -> "Outgoing":
        """Return `message`, to be sent."""
        return cls(notice=message) if isinstance(message, Notice) else cls(digest=message)

    @property
    def message(self) -> Message:
        """The message."""
        message = self.notice or self.digest
        if message is None:
            raise ValueError("an outgoing message holds nothing")
        return message

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What it tells."""
        return (self.notice,) if self.notice else self.digest.notices if self.digest else ()


@dataclass(frozen=True, slots=True)
class Counters:
    """What became of the messages of a channel, since the state folder was made.

    Attributes:
        delivered: Messages that were taken.
        failed: Attempts that were not.
        dropped: Messages that were given up.
        merged: Notices that were outdated before the channel could be told.
        delivered_at: When the last one was taken, seconds since 1970.
        failing_since: When it began to fail; None while it works.
        fault: What it said last; empty while it works.
    """

    delivered: int = 0
    failed: int = 0
    dropped: int = 0
    merged: int = 0
    delivered_at: float | None = None
    failing_since: float | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """What a channel was told, and is to be told.

    Attributes:
        channel: Which one.
        incidents: What is open, by key.
        fresh: What there is to say.
        waiting: What waits for the digest.
        outgoing: Messages, the next one first.
        sent: When messages were sent within the last window, seconds since 1970.
        told: By which messages.
        remembered: For each key what the channel wants to be told again, such as the thread.
        counters: What became of its messages.
    """

    channel: Channel
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    fresh: tuple[Notice, ...] = ()
    waiting: tuple[Notice, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    sent: tuple[float, ...] = ()
    told: Heard = field(default_factory=Heard)
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)

    @property
    def undelivered(self) -> int:
        """How many notices the channel was not told yet."""
        return len(self.fresh) + len(self.waiting) + sum(len(message.notices) for message in self.outgoing)


@dataclass(frozen=True, slots=True)
class Memory:
    """All that a watcher knows.

    Attributes:
        channels: Each channel once.
        seen: The identities of the last events, the newest last.
        format: Of this file.
    """

    channels: tuple[ChannelState, ...] = ()
    seen: tuple[str, ...] = ()
    format: int = _FORMAT

    def of(self, channel: Channel) -> ChannelState:
        """Return the state of `channel`."""
        return next((each for each in self.channels if each.channel == channel), ChannelState(channel))

    def updated(self, changed: Mapping[Channel, ChannelState]) -> "Memory":
        """Return the state with these channels in place of what they were."""
        kept = {each.channel: each for each in self.channels} | dict(changed)
        return replace(self, channels=tuple(kept[channel] for channel in sorted(kept)))


@dataclass(frozen=True, slots=True)
class StateFile:
    """The state in the folder of a watcher. It holds first lines of errors, so the folder is private.

    Attributes:
        folder: Where.
    """

    folder: Path

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / FILE

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one watcher of this folder, which is made where it is missing.

        Raises:
            RefusedError: Another one is.
            PlatformError: The folder cannot be written.
        """
        with ExitStack() as stack:
            try:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                stack.enter_context(held(self.folder / _LOCK))
            except HeldError as error:
                raise RefusedError(
                    f"Another watcher, process {error.holder}, works with {self.folder}",
                    hint="`airside up` runs one where airside.toml has [[alerts]]; stop that one first.",
                ) from error
            except OSError as error:
                raise _unusable(self.folder, error) from error
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Remove what a killed watcher was writing."""
        for path in self.folder.glob(f".{FILE}.*.tmp"):
            path.unlink(missing_ok=True)

    def load(self) -> Memory:
        """Return the state; an empty one where there is none yet.

        Raises:
            PlatformError: It cannot be read, is damaged, or a newer Airside wrote it.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return Memory()
        except OSError as error:
            raise _unusable(self.path, error) from error
        try:
            state = msgspec.json.decode(data, type=Memory)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise PlatformError(
                f"{self.path} is damaged: {error}",
                hint="Move it away: incidents that are open will be told again, and messages in it are lost.",
            ) from error
        if state.format != _FORMAT:
            raise PlatformError(f"{self.path} has format {state.format}", hint="A newer Airside wrote it: upgrade.")
        return state

    def save(self, state: Memory) -> None:
        """Replace the state.

        Raises:
            PlatformError: The disk is full, or access is denied. The file is as it was.
        """
        try:
            write_atomically(self.path, msgspec.json.encode(state), mode=0o600)
        except OSError as error:
            raise _unusable(self.path, error) from error


def _unusable(path: Path, error: OSError) -> PlatformError:
    return PlatformError(
        f"{path} cannot be used: {error.strerror or error}", hint="Look at its owner and mode, and the room there."
    )
