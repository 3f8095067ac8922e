"""Which packs a tree is put into: those of a tree before it as far as they serve, and new ones for the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from airside.release.manifest import Manifest
from airside.release.pack import MAX_PACK_BYTES, PackIndex, Span
from airside.release.source import SourceFile

MAX_DELTAS: Final = 8
"""Packs that a tree may have more than a full set of its own: each is a request of a cold reader."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How the contents of a tree are spread over packs.

    Attributes:
        reused: Packs that the store has, each with the contents that are taken from it.
        new: For each pack that is to be built, the files whose contents it holds.
    """

    reused: tuple[PackIndex, ...]
    new: tuple[tuple[SourceFile, ...], ...]


def plan_packs(files: Iterable[SourceFile], base: Manifest | None, *, limit: int = MAX_PACK_BYTES) -> Packing:
    """Return how to pack the contents of `files`.

    The packs of `base` are reused, and what they lack goes into new ones, unless the tree would then have over
    `MAX_DELTAS` packs more than a full set, or would leave more than half of the reused bytes unused. Otherwise it
    gets a full set: all contents in the order of their paths, as many to a pack as fit.

    Args:
        files: Everything in the tree.
        base: The manifest of a tree that the store has; None for a full set.
        limit: The most bytes of an unpacked pack. A larger content has a pack for itself.
    """
    contents: dict[str, SourceFile] = {}
    for file in sorted(files, key=lambda file: file.path):
        if file.content:
            contents.setdefault(file.sha256, file)
    full = _filled(contents.values(), limit)
    reused = _reusable(contents.keys(), base) if base else ()
    if not reused:
        return Packing((), full or ((),))  # an empty content too lies in a pack
    held = {sha256 for pack in reused for sha256 in pack.spans}
    new = _filled((file for sha256, file in contents.items() if sha256 not in held), limit)
    if len(reused) + len(new) > len(full) + MAX_DELTAS or _is_mostly_unused(reused):
        return Packing((), full)
    return Packing(reused, new)


def _filled(files: Iterable[SourceFile], limit: int) -> tuple[tuple[SourceFile, ...], ...]:
    groups: list[list[SourceFile]] = []
    room = 0
    for file in files:
        if not groups or len(file.content) > room:
            groups.append([])
            room = limit
        groups[-1].append(file)
        room -= len(file.content)
    return tuple(map(tuple, groups))


def _reusable(wanted: Iterable[str], base: Manifest) -> tuple[PackIndex, ...]:
    """Return the packs of `base` that hold wanted contents, each with those alone."""
    names = frozenset(wanted)
    spans: list[dict[str, Span]] = [{} for _ in base.packs]
    for file in base.files:
        if file.sha256 in names:
            spans[file.pack][file.sha256] = Span(file.offset, file.size)
    return tuple(PackIndex(ref, held) for ref, held in zip(base.packs, spans, strict=True) if held)


def _is_mostly_unused(packs: Sequence[PackIndex]) -> bool:
    used = sum(span.size for pack in packs for span in pack.spans.values())
    return used * 2 < sum(pack.ref.raw_size for pack in packs)
