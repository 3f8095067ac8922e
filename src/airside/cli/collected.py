"""Running garbage collection for `airside gc`, and telling what it did."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from airside.base.clock import to_text
from airside.base.digest import Digest
from airside.base.errors import UsageError
from airside.cli.context import Context

if TYPE_CHECKING:
    from airside.delivery.collection.collect import Examination, Rules
    from airside.delivery.collection.planning import Step
    from airside.release.tombstone import Grace

IN_AIRFLOW = "a run of the local Airflow needs it"
NAMED = "named with --keep-tree"


def kept_trees(
    context: Context, named: Sequence[str], file: Path | None, *, days: int, ask: bool
) -> Mapping[Digest, str]:
    """Return the trees that Airflows need, each with the reason; say which Airflows are not known.

    Raises:
        UsageError: One of the names is no digest, or the file cannot be read.
        PlatformError: The local Airflow runs and does not answer.
    """
    trees = {_digest(text): NAMED for text in (*named, *(_lines(file) if file else ()))}
    return dict.fromkeys(_in_local_airflow(context, days) if ask else (), IN_AIRFLOW) | trees


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", hint="Give a file with one tree a line.") from error


def _digest(text: str) -> Digest:
    try:
        return Digest.parse(text)
    except ValueError as error:
        raise UsageError(
            f"{text[:100]!r} is not a tree", hint="A tree is sha256- and 64 digits, as `airside history --json` shows."
        ) from error


def _in_local_airflow(context: Context, days: int) -> list[Digest]:
    from airside.platform.local import find

    platform = find(context.workspace)
    tracked = set(platform.tracked) if platform else set()
    if unknown := [name for name in context.workspace.settings.environments if name not in tracked]:
        context.output.progress(
            f"No Airflow that serves {', '.join(unknown)} is known here, so its runs keep nothing. Whatever was served "
            f"in the last {days} days stays; name older trees that runs need with --keep-tree",
            style="yellow",
        )
    if platform is None:
        return []
    versions = platform.client().run_versions(to_text(context.now() - timedelta(days=days)))
    return [Digest(version) for version in versions if version.startswith("sha256-")]


def rules(kept: Mapping[Digest, str], grace: "Grace", *, days: int, generations: int) -> "Rules":
    """Return what may be removed."""
    from airside.delivery.collection.collect import Rules
    from airside.delivery.collection.retention import Retention

    return Rules(Retention(days=days, generations=generations), grace, kept)


def run(context: Context, wanted: "Rules", *, dry_run: bool) -> None:
    """Look, ask, remove, and tell.

    Raises:
        RefusedError: The answer is no.
        IntegrityError: It is not clear what environments need.
    """
    from airside.delivery.collection.collect import carry_out, examine
    from airside.delivery.collection.planning import Deed
    from airside.delivery.collection.store_clock import StoreTime, ask_time

    nonce = secrets.token_hex(16)
    store = context.store
    context.output.progress(f"Looking at {store.location}")
    examination = examine(store, wanted, StoreTime(context.now()) if dry_run else ask_time(store, nonce))
    leftovers = _leftovers(context)
    _show_kept(context, examination)
    done: Sequence[Step] = examination.steps
    if not dry_run:
        if removals := examination.with_deed(Deed.REMOVE):
            context.confirm(f"Remove {len(removals)} objects, {_bytes(removals):,} bytes, from {store.location}?")
        done = carry_out(store, examination, nonce=nonce)
        for path in leftovers:
            path.unlink(missing_ok=True)
    chosen = sorted(done, key=lambda step: step.key)
    marked, removed = ([step for step in chosen if step.deed is deed] for deed in (Deed.MARK, Deed.REMOVE))
    _document(context, examination, marked, removed, dry_run=dry_run)
    _tell(context, marked, removed, dry_run=dry_run)


def _leftovers(context: Context) -> list[Path]:
    """Return files of killed writers in a store that is a folder. Their age is told by the clock of the disk."""
    from airside.store.folder import FolderStore
    from airside.store.remains import remains

    if not isinstance(context.store, FolderStore):
        return []
    return list(remains(Path(context.store.location), before=context.now() - timedelta(days=1)))


def _show_kept(context: Context, examination: "Examination") -> None:
    for because, count in sorted(_reasons(examination.steps).items()):
        context.output.detail(f"{count} objects stay: {because}")
    for what, unclear in (("pack", examination.packs_unclear), ("description", examination.descriptions_unclear)):
        if unclear:
            context.output.progress(
                f"No {what} is removed, since it is not clear which ones are needed: {unclear}. "
                "`airside verify --all --repair` mends what can be mended",
                style="yellow",
            )


def _reasons(steps: "Iterable[Step]") -> Counter[str]:
    return Counter(step.because for step in steps if step.because and step.size)


def _bytes(steps: "Iterable[Step]") -> int:
    return sum(step.size for step in steps)


def _document(
    context: Context,
    examination: "Examination",
    marked: "Sequence[Step]",
    removed: "Sequence[Step]",
    *,
    dry_run: bool,
) -> None:
    from airside.delivery.collection.planning import Deed

    context.output.document(
        {
            "dry_run": dry_run,
            "marked": [{"object": step.key, "bytes": step.size} for step in marked],
            "removed": [{"object": step.key, "bytes": step.size} for step in removed],
            "freed": _bytes(removed),
            "waiting": len(examination.with_deed(Deed.WAIT)),
            "kept": dict(_reasons(examination.steps)),
            "packs_unclear": examination.packs_unclear,
            "descriptions_unclear": examination.descriptions_unclear,
        }
    )


def _tell(context: Context, marked: "Sequence[Step]", removed: "Sequence[Step]", *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    if (marked or removed) and (dry_run or context.output.verbose):
        columns = ("object", "bytes", "")
        rows = [*((step, "marked") for step in marked), *((step, "removed") for step in removed)]
        context.output.table(columns, ((step.key, f"{step.size:,}", f"{would}{what}") for step, what in rows))
    context.output.done(
        f"{len(removed)} objects {would}removed, {_bytes(removed):,} bytes; {len(marked)} {would}marked",
        then="airside gc again in a day: it removes what is marked" if marked and not dry_run else None,
    )
