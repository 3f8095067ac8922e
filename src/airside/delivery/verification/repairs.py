"""What can be mended, as a list to show first and to run then."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial

from airside.base.digest import Digest
from airside.base.names import told
from airside.delivery.activate import Stamp
from airside.delivery.verification.chronicles import Chronicle
from airside.delivery.verification.copies import FindFiles
from airside.delivery.verification.findings import Trouble
from airside.delivery.verification.rebuilding import rebuild
from airside.delivery.verification.recovery import is_recoverable, recover
from airside.delivery.verification.verify import Report
from airside.release.keys import environment_key, history_key, tree_key
from airside.release.keyspace import pack_of, tree_of
from airside.store.port import Store


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that can be mended.

    Attributes:
        key: The object that is wrong.
        says: What will be done, for people.
        run: Does it. Raises `StoreUnavailableError`, and `LostRaceError` when somebody else changed the object.
    """

    key: str
    says: str
    run: Callable[[], object]


def plan_repairs(store: Store, report: Report, find_files: FindFiles, stamp: Stamp, actor: str) -> list[Repair]:
    """Return what can be mended of what `report` found. Changes nothing.

    Args:
        store: The store.
        report: What is wrong.
        find_files: Gives the files of a tree from a commit or from a folder.
        stamp: Time and signatures of a move, where a pointer has to be replaced by one.
        actor: Who makes that move.
    """
    return [
        *_of_environments(store, report, partial(recover, store, stamp=stamp, actor=actor)),
        *_of_trees(store, report, find_files),
    ]


def _of_environments(store: Store, report: Report, recover_: Callable[[Chronicle], None]) -> Iterator[Repair]:
    for chronicle in report.chronicles:
        name, newest, last = chronicle.environment, chronicle.newest, chronicle.last_whole
        troubles = {finding.trouble for finding in report.faults if finding.key == environment_key(name)}
        if troubles and last and is_recoverable(chronicle) and _is_not_whole(chronicle, troubles):
            served = last.pointer
            says = f"Move {told(name)} anew to release {served.release}, which generation {served.generation} served"
            yield Repair(environment_key(name), says, partial(recover_, chronicle))
        elif not troubles and newest and chronicle.current and newest.generation not in chronicle.entries:
            key = history_key(name, newest.generation)
            yield Repair(key, f"Write {key} from the pointer", partial(store.create, key, chronicle.current.data))


def _is_not_whole(chronicle: Chronicle, troubles: Collection[Trouble]) -> bool:
    """Tell whether the pointer is damaged, or nobody who is trusted signed it and the history does not lead to it.

    Where the history does lead to it, it was moved without a trusted key: then a person decides what to serve.
    """
    newest, last = chronicle.newest, chronicle.last_whole
    forged = newest is not None and last is not None and last.pointer.generation < newest.generation
    return forged or any(trouble is not Trouble.UNTRUSTED for trouble in troubles)


def _of_trees(store: Store, report: Report, find_files: FindFiles) -> Iterator[Repair]:
    broken = {pack for finding in report.faults if (pack := pack_of(finding.key))}
    for tree in sorted(_harmed_trees(report)):
        if (files := find_files(tree, report.needed.get(tree, ()))) is not None:
            says = f"Write the packs and the manifest of tree {tree} anew from {len(files)} files"
            yield Repair(tree_key(tree), says, partial(rebuild, store, tree, files, broken))


def _harmed_trees(report: Report) -> set[Digest]:
    named = {tree for finding in report.faults if (tree := tree_of(finding.key))}
    packs = {pack for finding in report.faults if (pack := pack_of(finding.key))}
    return named.union(*(report.pack_trees.get(pack, frozenset()) for pack in packs))
