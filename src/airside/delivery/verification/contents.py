"""Whether manifests and packs are there and hold what they say. Each manifest is read once, and so is each pack."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UsageError
from airside.delivery.parallel import LARGE_REQUESTS, in_parallel
from airside.delivery.verification.findings import Finding, Trouble, Uses
from airside.release.keys import pack_key, tree_key
from airside.release.manifest import MAX_MANIFEST_BYTES, Manifest, parse_manifest
from airside.release.pack import MAX_PACKED_BYTES, PackRef, unpack
from airside.store.port import Found, Store

REPAIR: Final = "`airside verify --repair` makes it anew from a commit or from a copy of the files"
PACKS_AT_ONCE: Final = 3
"""Of at most 64 MiB each, packed and unpacked."""

Place = tuple[int, int, str]
"""Where a content lies in a pack and how many bytes it has; and its SHA-256 in hexadecimal."""


@dataclass(slots=True)
class PackWork:
    """What is to be checked of one pack.

    Attributes:
        trees: Whose files lie in it.
        places: Where their contents lie; each one once, however many trees name it.
    """

    trees: set[Digest] = field(default_factory=set)
    places: set[Place] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Contents:
    """Manifests that were checked, and what they say of packs.

    Attributes:
        packs: By how a manifest names them.
        trees: Whose manifests are whole.
        findings: What is wrong with manifests.
    """

    packs: dict[PackRef, PackWork] = field(default_factory=dict)
    trees: set[Digest] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


def check_manifests(store: Store, trees: Iterable[Digest], uses: Uses) -> Contents:
    """Read the manifests of `trees`; a few are in memory at once.

    Raises:
        StoreUnavailableError: The store does not answer.
    """
    contents = Contents()
    for tree, read in in_parallel(lambda tree: (tree, _manifest(store, tree, uses)), trees, at_once=LARGE_REQUESTS):
        if isinstance(read, Finding):
            contents.findings.append(read)
            continue
        contents.trees.add(tree)
        for ref in read.packs:
            contents.packs.setdefault(ref, PackWork()).trees.add(tree)
        works = [contents.packs[ref] for ref in read.packs]
        for file in read.files:
            works[file.pack].places.add((file.offset, file.size, file.sha256))
    return contents


def _manifest(store: Store, tree: Digest, uses: Uses) -> Manifest | Finding:
    try:
        found = store.read(tree_key(tree), limit=MAX_MANIFEST_BYTES)
        if isinstance(found, Found):
            return parse_manifest(found.data, tree)
    except (IntegrityError, UsageError) as error:
        return _of_tree(Trouble.DAMAGED, tree, error.message, uses)
    return missing_manifest(tree, uses)


def missing_manifest(tree: Digest, uses: Uses) -> Finding:
    """Return the finding that the manifest of `tree` is not there."""
    return _of_tree(Trouble.MISSING, tree, f"The manifest of tree {tree} is missing", uses)


def _of_tree(trouble: Trouble, tree: Digest, message: str, uses: Uses) -> Finding:
    return Finding(trouble=trouble, key=tree_key(tree), message=message, harmed=uses.of_trees([tree]), advice=REPAIR)


def check_packs(store: Store, contents: Contents, uses: Uses) -> Iterator[Finding]:
    """Read every pack that the manifests name, and compare every content with its SHA-256.

    Raises:
        StoreUnavailableError: The store does not answer.
    """
    for findings in in_parallel(
        lambda item: list(_pack(store, *item, uses)), contents.packs.items(), at_once=PACKS_AT_ONCE
    ):
        yield from findings


def _pack(store: Store, ref: PackRef, work: PackWork, uses: Uses) -> Iterator[Finding]:
    try:
        found = store.read(pack_key(ref.digest), limit=MAX_PACKED_BYTES)
    except IntegrityError as error:
        yield _of_pack(Trouble.DAMAGED, ref.digest, error.message, work, uses)
        return
    if not isinstance(found, Found):
        yield _of_pack(Trouble.MISSING, ref.digest, f"Pack {ref.digest} is missing", work, uses)
    elif (digest := Digest.of(found.data)) != ref.digest:
        message = f"Pack {ref.digest} holds other bytes: their digest is {digest}"
        yield _of_pack(Trouble.DAMAGED, ref.digest, message, work, uses)
    else:
        yield from _places(store, ref, found.data, work, uses)


def _places(store: Store, ref: PackRef, data: bytes, work: PackWork, uses: Uses) -> Iterator[Finding]:
    """Yield the manifests that say of a whole pack what is not so."""
    try:
        raw = memoryview(unpack(data, digest=ref.digest, raw_size=ref.raw_size)) if len(data) == ref.size else None
    except IntegrityError:
        raw = None
    if raw is None:
        for tree in sorted(work.trees):
            yield _of_tree(Trouble.DAMAGED, tree, f"The manifest of tree {tree} names wrong sizes of a pack", uses)
        return
    wrong = {place for place in work.places if Digest.of(raw[place[0] : place[0] + place[1]]).hex != place[2]}
    if wrong:
        yield from _misplacing(store, ref, work, wrong, uses)


def _of_pack(trouble: Trouble, digest: Digest, message: str, work: PackWork, uses: Uses) -> Finding:
    harmed = uses.of_trees(work.trees)
    return Finding(trouble=trouble, key=pack_key(digest), message=message, harmed=harmed, advice=REPAIR)


def _misplacing(store: Store, ref: PackRef, work: PackWork, wrong: set[Place], uses: Uses) -> Iterator[Finding]:
    """Yield the manifests that name one of the places in `wrong`."""
    for tree in sorted(work.trees):
        manifest = _manifest(store, tree, uses)
        if isinstance(manifest, Finding):
            continue
        index = manifest.packs.index(ref)
        for file in manifest.files:
            if file.pack == index and (file.offset, file.size, file.sha256) in wrong:
                message = f"The manifest of tree {tree} names a wrong place for {file.path!r}"
                yield _of_tree(Trouble.DAMAGED, tree, message, uses)
                break


def check_bytes(store: Store, packs: Iterable[tuple[Digest, int]], uses: Uses) -> Iterator[Finding]:
    """Compare packs that no manifest names with their own names; each comes with its size as listed."""

    def fault(pack: tuple[Digest, int]) -> tuple[Digest, str]:
        digest, size = pack
        try:
            found = store.read(pack_key(digest), limit=size)
        except IntegrityError as error:
            return digest, error.message
        same = not isinstance(found, Found) or Digest.of(found.data) == digest
        return digest, "" if same else f"Pack {digest} holds other bytes"

    for digest, message in in_parallel(fault, packs, at_once=PACKS_AT_ONCE):
        if message:
            yield _of_pack(Trouble.DAMAGED, digest, message, PackWork(), uses)
