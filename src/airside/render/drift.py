"""How files on disk differ from what the settings render."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from airside.base.digest import Digest
from airside.base.errors import UsageError
from airside.base.paths import path_fault
from airside.render.rendered import RenderedFile


class State(StrEnum):
    """What a file on disk is, beside what it should be."""

    SAME = "same"
    MISSING = "missing"
    OUTDATED = "outdated"
    """As it was rendered once."""
    EDITED = "edited by hand"
    FOREIGN = "not rendered by airside"
    LEFT_OVER = "no longer rendered"
    """As it was rendered once; no setting asks for it now."""


MINE = frozenset({State.MISSING, State.OUTDATED, State.LEFT_OVER})
"""What may be changed without asking."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file on disk.

    Attributes:
        data: Its content.
        executable: Its owner may run it.
    """

    data: bytes
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A file, and what it is.

    Attributes:
        path: Relative to the folder that is rendered into.
        state: What it is.
    """

    path: str
    state: State


Record = Mapping[str, Digest]
"""The files of the last rendering, by path: the digest of what was written."""


def differences(
    files: Iterable[RenderedFile], found: Mapping[str, FoundFile], record: Record
) -> tuple[Difference, ...]:
    """Return the state of each file, those that are no longer rendered last.

    Args:
        files: What the settings render.
        found: What is on disk, of those files and of those of `record`.
        record: What the last rendering wrote.
    """
    files = tuple(files)
    wanted = {file.path for file in files}
    now = [Difference(file.path, _state(file, found.get(file.path), record.get(file.path))) for file in files]
    return (*now, *(Difference(path, state) for path, state in _left_over(wanted, found, record)))


def _state(file: RenderedFile, found: FoundFile | None, recorded: Digest | None) -> State:
    if found is None:
        return State.MISSING
    if found.data == file.data:
        return State.SAME if found.executable == file.executable else State.OUTDATED
    if recorded is None:
        return State.FOREIGN
    return State.OUTDATED if Digest.of(found.data) == recorded else State.EDITED


def _left_over(wanted: set[str], found: Mapping[str, FoundFile], record: Record) -> Iterator[tuple[str, State]]:
    for path in sorted(record.keys() - wanted):
        # One that was edited belongs to the user now.
        if path in found and Digest.of(found[path].data) == record[path]:
            yield path, State.LEFT_OVER


class _Document(msgspec.Struct, kw_only=True):
    files: dict[str, str]


def encode_record(files: Iterable[RenderedFile]) -> bytes:
    """Return the content of the file that remembers what was rendered."""
    document = _Document(files={file.path: str(file.digest) for file in sorted(files, key=lambda file: file.path)})
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def decode_record(data: bytes, name: str) -> Record:
    """Return what such a file remembers.

    Raises:
        UsageError: It is none.
    """
    try:
        document = msgspec.json.decode(data, type=_Document)
        return {_inside(path): Digest.parse(text) for path, text in document.files.items()}
    except (msgspec.MsgspecError, ValueError) as error:
        raise UsageError(
            f"{name} is not what `airside render` writes: {error}",
            hint="Take it back from git, or remove it and render with --force: all files are then written anew",
        ) from error


def _inside(path: str) -> str:
    """Return `path`: what was rendered once may be removed, and must be in the folder that is rendered into."""
    if fault := path_fault(path):
        raise ValueError(f"{path!r}: {fault}")
    return path
