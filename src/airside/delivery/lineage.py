"""Which release an environment served before: what `rollback` goes back to.

A rollback is an entry of its own in the history, so the entry before the current one may be the very
release that was taken back. The lineage steps over that: each entry stands for the deploy or promotion
that it restores.
"""

from collections.abc import Callable

from airside.base.errors import RefusedError
from airside.base.names import command_line, subject
from airside.release.pointer import Pointer

ReadEntry = Callable[[int], Pointer]


def earlier(current: Pointer, read: ReadEntry) -> Pointer:
    """Return the entry that `current` is rolled back to: the one before it with another release.

    Args:
        current: Where the environment points.
        read: Returns the history entry of a generation.

    Raises:
        RefusedError: The environment never served another release before this one.
    """
    entry = _origin(current, read)
    while entry.generation > 1:
        entry = _origin(read(entry.generation - 1), read)
        if entry.release != current.release:
            return entry
    raise RefusedError(
        f"{subject(current.environment)} never served a release before {current.release}",
        hint=f"`{command_line('history', current.environment)}` lists what it had; --to takes a generation from there.",
    )


def _origin(entry: Pointer, read: ReadEntry) -> Pointer:
    """Follow pins and rollbacks to the deploy or promotion that put the release there.

    It ends: every step leads to a smaller generation.
    """
    while entry.action not in {"deploy", "promote"}:
        entry = read(entry.restores if entry.restores is not None else entry.generation - 1)
    return entry
