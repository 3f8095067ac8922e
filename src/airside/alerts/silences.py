"""Silences in the store: they hold on every machine, and each has its author, its reason and its end."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Final

from airside.alerts.event import Event
from airside.base.clock import to_text
from airside.base.errors import IntegrityError, RefusedError, UsageError
from airside.base.suggestions import suggestion
from airside.release.keys import SILENCES, silence_end_key, silence_key
from airside.release.keyspace import silence_of
from airside.release.silence import MAX_SILENCE_BYTES, EndedSilence, Silence, parse_silence
from airside.store.port import Found, OutcomeUnknownError, Store

LONGEST: Final = timedelta(days=30)
"""What nobody is to hear of for longer is a matter of routes."""

_DURATION = re.compile(r"(?=.)(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?", re.ASCII)
_STAMP = "%Y%m%d-%H%M%S"


def covers(silence: Silence, event: Event) -> bool:
    """Tell whether `silence` is about `event`, whatever the time is."""
    return fnmatchcase(event.subject, silence.workflows) and fnmatchcase(event.environment, silence.environments)


def parse_duration(text: str) -> timedelta:
    """Return the time that ``2h``, ``90m`` or ``1d12h`` is.

    Raises:
        UsageError: It is none, or nothing, or longer than `LONGEST`.
    """
    match = _DURATION.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    duration = timedelta(days=days, hours=hours, minutes=minutes)
    if not duration:
        raise UsageError(f"{text!r} is not a length of time", hint="Write it as 90m, 2h or 1d12h.")
    if duration > LONGEST:
        raise UsageError(
            f"A silence of {text} is too long: it lasts {LONGEST.days} days at most",
            hint="What nobody is ever to hear of is a matter of the routes in airside.toml.",
        )
    return duration


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a silence is about.

    Attributes:
        workflows: A shell pattern.
        environments: A shell pattern.
        reason: Why.
        actor: Who asks for it.
    """

    workflows: str
    environments: str
    reason: str
    actor: str


def make_silence(store: Store, wanted: Wanted, span: tuple[datetime, timedelta], nonce: str) -> Silence:
    """Write a silence, and return it.

    Args:
        store: Where to.
        wanted: What it is about.
        span: When it begins, and how long it lasts.
        nonce: 32 hexadecimal digits.

    Raises:
        UsageError: A pattern or the reason is empty, or too long.
        StoreError: The store does not take it.
    """
    if not (wanted.workflows and wanted.environments and wanted.reason.strip()):
        raise UsageError("A silence needs a workflow and a reason", hint="Say why: --reason 'the warehouse moves'")
    until = span[0] + span[1]
    silence = Silence(
        id=f"{until.strftime(_STAMP)}-{nonce[:8]}",
        workflows=wanted.workflows,
        environments=wanted.environments,
        reason=" ".join(wanted.reason.split()),
        actor=wanted.actor,
        at=to_text(span[0]),
        until=to_text(until),
        nonce=nonce,
    )
    _create(store, silence_key(silence.id), silence.to_bytes())
    return silence


def end_silence(store: Store, silence: str, actor: str, now: datetime, nonce: str) -> Silence:
    """End a silence before its time, and return it.

    Raises:
        UsageError: There is none of this id that holds.
        RefusedError: Somebody else ended it.
        StoreError: The store does not answer.
    """
    held = {each.id: each for each in held_silences(store, now)}
    if silence not in held:
        raise UsageError(
            f"There is no silence {silence!r} that holds{suggestion(silence, held)}",
            hint="`airside alerts list` shows those that do.",
        )
    note = EndedSilence(id=silence, actor=actor, at=to_text(now), nonce=nonce)
    _create(store, silence_end_key(silence), note.to_bytes())
    return held[silence]


def held_silences(store: Store, now: datetime) -> tuple[Silence, ...]:
    """Return the silences that hold, the one that ends first before the others.

    An id begins with the end, so those that are over are not read.

    Raises:
        StoreError: The store does not answer.
        IntegrityError: One is damaged.
        UsageError: A newer Airside wrote one.
    """
    keys = {found.key for found in store.list(SILENCES)}
    bound = now.strftime(_STAMP)
    ids = sorted(id_ for key in keys if (id_ := silence_of(key)) and silence_key(id_) == key and id_ > bound)
    found = [_read(store, id_) for id_ in ids if silence_end_key(id_) not in keys]
    return tuple(silence for silence in found if silence is not None and not silence.is_over(now))


def _read(store: Store, silence: str) -> Silence | None:
    found = store.read(silence_key(silence), limit=MAX_SILENCE_BYTES)
    return parse_silence(found.data, silence) if isinstance(found, Found) else None


def _create(store: Store, key: str, data: bytes) -> None:
    if len(data) > MAX_SILENCE_BYTES:
        raise UsageError(f"The silence is too long: {len(data)} bytes; at most {MAX_SILENCE_BYTES}")
    try:
        if store.create(key, data):
            return
    except OutcomeUnknownError:
        # It was written or not; whose bytes are there says which.
        found = store.read(key, limit=MAX_SILENCE_BYTES)
        if not isinstance(found, Found):
            raise
    found = store.read(key, limit=MAX_SILENCE_BYTES)
    if not isinstance(found, Found):
        raise IntegrityError(f"{key} in {store.location} was there and is gone")
    if found.data != data:
        raise RefusedError(f"Somebody else wrote {key} first", hint="`airside alerts list` shows what holds.")
