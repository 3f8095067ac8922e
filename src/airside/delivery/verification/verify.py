"""Looking at everything that environments need, or at everything that a store holds."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from airside.base.digest import Digest
from airside.base.errors import RefusedError
from airside.base.names import is_channel, secrets_channel
from airside.delivery.environments import pointer_names
from airside.delivery.lineage import earlier
from airside.delivery.verification.chronicles import Chronicle, read_chronicle, releases_of
from airside.delivery.verification.contents import Contents, check_bytes, check_manifests, check_packs, missing_manifest
from airside.delivery.verification.descriptions import check_descriptions, check_presence
from airside.delivery.verification.findings import Finding, Uses
from airside.delivery.verification.histories import findings_of
from airside.delivery.verification.records import Seen, check_records, check_signatures
from airside.delivery.verification.remainder import check_remainder
from airside.release.keys import RELEASES, SIGNATURES, TREES, pack_key, tree_key
from airside.release.keyspace import description_of, entry_of, pack_of, release_of, tree_of
from airside.release.manifest import MAX_MANIFEST_BYTES
from airside.release.pointer import Pointer
from airside.signing.trust import Trust
from airside.store.port import Listed, Store


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at.

    Attributes:
        environments: Which ones, with their secrets; those named here have to exist.
        everything: All environments besides, and every object in the store.
        deep: The contents of every release in the histories, and not only of those that are served or that a
            rollback would serve.
    """

    environments: tuple[str, ...] = ()
    everything: bool = False
    deep: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what is wrong.

    Attributes:
        findings: The worst first.
        environments: How many were looked at; the secrets of each count as one more.
        releases: How many records.
        trees: Of how many trees the contents.
        packs: How many packs.
        chronicles: The environments with their histories.
        needed: The ids of the releases of each tree, to find their commits.
        pack_trees: The trees that name each pack.
    """

    findings: tuple[Finding, ...]
    environments: int = 0
    releases: int = 0
    trees: int = 0
    packs: int = 0
    chronicles: tuple[Chronicle, ...] = ()
    needed: Mapping[Digest, tuple[str, ...]] = field(default_factory=dict)
    pack_trees: Mapping[Digest, frozenset[Digest]] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What is broken, notes left out."""
        return tuple(finding for finding in self.findings if finding.is_fault)


def verify(store: Store, scope: Scope, trust: Trust | None = None) -> Report:
    """Look at all that `scope` names, and return what is wrong.

    Args:
        store: The store.
        scope: What to look at.
        trust: Whose signatures are needed; None asks for none.

    Raises:
        StoreUnavailableError: The store does not answer.
    """
    listed = {found.key: found for found in store.list("")} if scope.everything else {}
    read = (read_chronicle(store, name, trust) for name in _names(store, scope, listed))
    chronicles = [one for one in read if one.exists or not is_channel(one.environment)]
    look = _Look(store, scope, listed, tuple(chronicles), _uses(chronicles))
    findings = [
        finding
        for chronicle in chronicles
        for finding in findings_of(chronicle, required=chronicle.environment in scope.environments)
    ]
    seen = look.records(trust)
    findings += [finding for one in seen for finding in one.findings]
    findings += [*look.signatures(), *look.descriptions()]
    contents, more = look.contents(removed={one.release for one in seen if one.removed})
    findings += more
    if scope.everything:
        findings += check_remainder(store, listed, {one.release for one in seen})
    return Report(
        findings=tuple(sorted(set(findings), key=lambda finding: (-finding.harmed.harm, finding.key, finding.message))),
        environments=len(chronicles),
        releases=len(seen),
        trees=len(contents.trees),
        packs=len(contents.packs),
        chronicles=tuple(chronicles),
        needed={tree: tuple(sorted(releases)) for tree, releases in look.uses.trees.items()},
        pack_trees={ref.digest: frozenset(work.trees) for ref, work in contents.packs.items()},
    )


def _names(store: Store, scope: Scope, listed: Iterable[str]) -> list[str]:
    if not scope.everything:
        return [name for environment in scope.environments for name in (environment, secrets_channel(environment))]
    with_history = {entry[0] for key in listed if (entry := entry_of(key))}
    return sorted({*scope.environments, *pointer_names(store), *with_history})


def _uses(chronicles: Iterable[Chronicle]) -> Uses:
    uses = Uses()
    for environment, pointer, served in releases_of(chronicles):
        uses.add(pointer.release, pointer.tree, environment, served=served)
    return uses


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at a store.

    Attributes:
        store: The store.
        scope: What is looked at.
        listed: Every object, where everything is looked at; else none.
        chronicles: The environments with their histories.
        uses: Who needs what; grows as records are read.
    """

    store: Store
    scope: Scope
    listed: Mapping[str, Listed]
    chronicles: tuple[Chronicle, ...]
    uses: Uses

    def records(self, trust: Trust | None) -> list[Seen]:
        """Look at the records that environments name, or at all."""
        listed = {release for key in self.listed if key.startswith(RELEASES) and (release := release_of(key))}
        seen = list(check_records(self.store, sorted({*self.uses.releases, *listed}), self.uses, trust))
        for one in seen:
            if one.tree:
                self.uses.add(one.release, one.tree)
            if one.description:
                self.uses.descriptions.setdefault(one.description, set()).add(one.release)
        return seen

    def descriptions(self) -> Iterator[Finding]:
        """Look at what the workflows of releases are said to be."""
        named, wanted = set(self.uses.descriptions), {found for key in self.listed if (found := description_of(key))}
        if self.scope.everything or self.scope.deep:
            wanted |= named
        else:
            close = {pointer.release for chronicle in self.chronicles for pointer in _close(chronicle)}
            wanted = {found for found, releases in self.uses.descriptions.items() if releases & close}
        yield from check_descriptions(self.store, sorted(wanted), self.uses)
        if rest := named - wanted:
            yield from check_presence(self.store, sorted(rest), self.uses)

    def signatures(self) -> Iterator[Finding]:
        """Look at the detached signatures of the releases in the scope."""
        everything = self.scope.everything
        keys = self.listed if everything else [found.key for found in self.store.list(SIGNATURES)]
        ours = [key for key in keys if key.startswith(SIGNATURES)]
        named = ((release_of(key), key.rpartition("/")[2].removesuffix(".json")) for key in ours)
        wanted = [
            (release, keyid) for release, keyid in named if release and (everything or release in self.uses.releases)
        ]
        return check_signatures(self.store, wanted, self.uses)

    def contents(self, removed: AbstractSet[str]) -> tuple[Contents, list[Finding]]:
        """Look at manifests and packs.

        Args:
            removed: The ids of the releases that garbage collection removed.
        """
        named = {tree for tree, releases in self.uses.trees.items() if releases - removed}
        wanted = self._wanted(named)
        contents = check_manifests(self.store, sorted(wanted), self.uses)
        findings = [*contents.findings, *check_packs(self.store, contents, self.uses)]
        if rest := named - wanted:
            findings += _absent(self.store, rest, self.uses)
        known = {pack_key(ref.digest) for ref in contents.packs}
        unused = [
            (pack, found.size) for key, found in self.listed.items() if key not in known and (pack := pack_of(key))
        ]
        findings += check_bytes(self.store, unused, self.uses)
        return contents, findings

    def _wanted(self, named: AbstractSet[Digest]) -> set[Digest]:
        if self.scope.everything:
            return {*named} | {tree for key in self.listed if (tree := tree_of(key))}
        if self.scope.deep:
            return set(named)
        return {pointer.tree for chronicle in self.chronicles for pointer in _close(chronicle)}


def _close(chronicle: Chronicle) -> Iterator[Pointer]:
    """Yield what an environment serves, and what a rollback would serve."""
    last = chronicle.last_whole
    if (newest := chronicle.newest or (last.pointer if last else None)) is None:
        return
    yield newest
    pointers = chronicle.pointers
    try:
        yield earlier(newest, pointers.__getitem__)
    except (RefusedError, KeyError):  # there is none, or the history is damaged and that is told already
        return


def _absent(store: Store, trees: Iterable[Digest], uses: Uses) -> Iterator[Finding]:
    """Yield the trees of earlier releases that have no manifest: one listing, whatever their number."""
    there = {found.key for found in store.list(TREES)}
    for tree in trees:
        if tree_key(tree) not in there and store.read(tree_key(tree), limit=MAX_MANIFEST_BYTES) is None:
            yield missing_manifest(tree, uses)
