"""Looking at a store for `airside verify`, showing what is wrong, and mending it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, RefusedError, UnknownEnvironmentError, WorkspaceError
from airside.base.names import readable
from airside.cli.context import Context
from airside.cli.output import Output

if TYPE_CHECKING:
    from airside.delivery.verification.findings import Finding, Harm
    from airside.delivery.verification.verify import Report, Scope
    from airside.release.source import SourceFile
    from airside.store.port import Store

_HEADINGS: Final = {
    3: "Served now",
    2: "Needed to go back, or to know what happened",
    1: "Named by no environment",
    0: "Notes",
}


@dataclass(frozen=True, slots=True)
class Mended:
    """What a repair did.

    Attributes:
        document: For `--json`: each repair.
        done: Whether anything was changed.
    """

    document: list[dict[str, object]]
    done: bool


def scope(context: Context, environments: Sequence[str], *, everything: bool, deep: bool) -> "Scope":
    """Return what is to be looked at: without names all that `airside.toml` declares.

    Raises:
        UnknownEnvironmentError: It declares no environment of such a name.
    """
    from airside.delivery.verification.verify import Scope

    for name in environments:
        context.workspace.settings.environment(name)
    declared = context.workspace.settings.environments
    return Scope(tuple(environments or ([] if everything else declared)), everything=everything, deep=deep)


def open_(context: Context) -> "Store":
    """Return the store of the workspace, as it is: one that is damaged must not be refused here."""
    from airside.store.opening import open_store
    from airside.workspace.workspace import store_location

    return open_store(store_location(context.workspace), context.workspace.settings.store.options)


def look(context: Context, store: "Store", wanted: "Scope") -> "Report":
    """Look at the store."""
    from airside.delivery.verification.verify import verify

    context.output.progress(f"Looking at {store.location}")
    return verify(store, wanted, context.trust)


def require_deployed(store: "Store", report: "Report", environments: Sequence[str]) -> None:
    """Refuse to call an environment whole that was asked for by name and is not there.

    Raises:
        UnknownEnvironmentError: Nothing was ever deployed to one of `environments`, or the store was emptied.
    """
    for chronicle in report.chronicles:
        if chronicle.environment in environments and not chronicle.exists:
            raise UnknownEnvironmentError(
                f"Nothing was ever deployed to {chronicle.environment!r} in {store.location}",
                hint="If something was: this is another store, or it was emptied. Restore it from a copy.",
            )


def show(output: Output, report: "Report") -> None:
    """Print what is wrong, the worst first."""
    harm: Harm | None = None
    for finding in report.findings:
        if finding.harmed.harm != harm:
            harm = finding.harmed.harm
            output.say(_HEADINGS[harm], style="bold")
        _show(output, finding)


def _show(output: Output, finding: "Finding") -> None:
    output.say(f"  {'✘' if finding.is_fault else '·'} {finding.message}", style="red" if finding.is_fault else None)
    output.say(f"    {finding.key}", style="dim")
    if finding.harmed.environments:
        output.say(f"    environments: {', '.join(map(readable, finding.harmed.environments))}")
    if finding.harmed.releases:
        shown = finding.harmed.releases[:5]
        more = len(finding.harmed.releases) - len(shown)
        output.say(f"    releases: {', '.join(shown)}{f' and {more} more' if more else ''}")
    if finding.advice:
        output.say(f"    {finding.advice}")


def document(report: "Report") -> dict[str, object]:
    """Return the report for `--json`."""
    return {
        "clean": not report.faults,
        "looked_at": {
            "environments": report.environments,
            "releases": report.releases,
            "trees": report.trees,
            "packs": report.packs,
        },
        "findings": [
            {
                "trouble": finding.trouble.value,
                "harm": finding.harmed.harm.name.lower(),
                "object": finding.key,
                "message": finding.message,
                "releases": finding.harmed.releases,
                "environments": finding.harmed.environments,
                "advice": finding.advice,
            }
            for finding in report.findings
        ],
    }


def summary(report: "Report") -> str:
    """Return what was looked at, in one line."""
    return (
        f"All is whole: {_count(report.environments, 'environment')}, {_count(report.releases, 'release')}, "
        f"the contents of {_count(report.trees, 'tree')} in {_count(report.packs, 'pack')}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def mend(context: Context, store: "Store", report: "Report", folder: Path | None, *, dry_run: bool) -> Mended:
    """Show what can be mended, ask, and do it.

    Raises:
        RefusedError: The answer is no.
    """
    from airside.delivery.verification.repairs import plan_repairs

    finder = _Finder(context, store, folder)
    repairs = plan_repairs(store, report, finder.find, context.stamp(), context.actor)
    for repair in repairs:
        context.output.say(f"  {'would' if dry_run else 'will'}: {repair.says}", style="yellow")
    if not repairs:
        context.output.say("Nothing of this can be mended here")
    shown: list[dict[str, object]] = [{"object": repair.key, "does": repair.says} for repair in repairs]
    if dry_run or not repairs:
        return Mended(shown, done=False)
    context.confirm(f"Change {_count(len(repairs), 'thing')} in {store.location}?")
    for repair in repairs:
        repair.run()
        context.output.progress(f"Done: {repair.says}")
    return Mended(shown, done=True)


@dataclass(frozen=True)
class _Finder:
    """Finds the files of trees in a folder, and in the commits that releases were made of."""

    context: Context
    store: "Store"
    folder: Path | None

    def find(self, tree: Digest, releases: Sequence[str]) -> "Sequence[SourceFile] | None":
        """Return the files of `tree`, which `releases` hold; None where they are not at hand."""
        from airside.delivery.verification.copies import files_below

        found = files_below(self.folder, tree) if self.folder else None
        if found is not None:
            return found
        commits = {commit: None for release in releases if (commit := self._commit(release))}
        return next((files for commit in commits if (files := self._of_commit(commit, tree)) is not None), None)

    def _commit(self, release: str) -> str | None:
        from airside.delivery.environments import read_record

        try:
            return read_record(self.store, release).source.commit
        except (IntegrityError, RefusedError):
            return None

    def _of_commit(self, commit: str, tree: Digest) -> "Sequence[SourceFile] | None":
        from airside.delivery.verification.copies import are_tree

        for read in (self._workflows, self._secrets):
            try:
                if (found := next((files for files in read(commit) if are_tree(files, tree)), None)) is not None:
                    return found
            except WorkspaceError as error:
                self.context.output.detail(f"Commit {commit}: {error.message}")
        return None

    def _workflows(self, commit: str) -> "Iterator[Sequence[SourceFile]]":
        from airside.workspace.source import read_commit

        if (files := read_commit(self.context.workspace, commit)) is not None:
            yield files

    def _secrets(self, commit: str) -> "Iterator[Sequence[SourceFile]]":
        from airside.delivery.secret_documents import files_of
        from airside.workspace.sealed import documents_at

        return map(files_of, documents_at(self.context.workspace, commit))
