"""Environments: whether their pointers can be read and trusted, how old they are, and what holds them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from airside.base.clock import from_text
from airside.base.names import readable
from airside.delivery.environments import read_current
from airside.delivery.trusting import Guard
from airside.platform.diagnosis.findings import Examination, Finding, examine
from airside.release.pointer import Pointer
from airside.store.port import Store


def environment_findings(store: Store, guards: Sequence[tuple[str, Guard]], now: datetime) -> Iterator[Finding]:
    """Look at environments, each given with what it demands; all at once."""
    if guards:
        yield from examine(
            [Examination("environment", partial(_findings, store, name, guard, now)) for name, guard in guards]
        )


def _findings(store: Store, name: str, guard: Guard, now: datetime) -> Iterator[Finding]:
    if (current := read_current(store, name)) is None:
        yield Finding("environment", "ok", f"{readable(name)}: nothing was deployed yet")
        return
    yield _pointer(current.pointer, now)
    guard.has_changed()  # reads the trust file
    guard.require_trusted(store, current.sealed)


def _pointer(pointer: Pointer, now: datetime) -> Finding:
    age = _age(pointer, now)
    seen = f"{readable(pointer.environment)}: release {pointer.release}, generation {pointer.generation}, moved{age}"
    if (pin := pointer.pin) is None:
        return Finding("environment", "ok", f"{seen} by {pointer.actor}")
    because = f": {pin.reason}" if pin.reason else ""
    return Finding(
        "environment", "warning", f"{seen}; pinned by {pin.by}{because}", f"airside unpin {pointer.environment}"
    )


def _age(pointer: Pointer, now: datetime) -> str:
    try:
        age = now - from_text(pointer.at)
    except ValueError:  # the time is a note of its writer's; nothing is decided by it
        return ""
    return f" {age.days} days ago" if age.days else " today"
