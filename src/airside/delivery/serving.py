"""Whether an Airflow serves a release, and how to make it do so at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from airside.release.record import Record

FEW_FILES = 50
"""Files that Airflow parses within a few seconds."""


class ServedWorkflow(Protocol):
    """What Airflow says of a workflow."""

    @property
    def id(self) -> str:
        """Its DAG id."""

    @property
    def version(self) -> str | None:
        """The version of the bundle that it was last parsed from."""

    @property
    def file(self) -> str:
        """Its file, relative to the bundle."""

    @property
    def file_token(self) -> str:
        """Airflow's handle of that file."""


class Airflow(Protocol):
    """The part of Airflow's REST API that delivery needs. Every call may be repeated."""

    def workflows(self, bundle: str) -> Sequence[ServedWorkflow]:
        """Return the workflows of a bundle that are not stale."""

    def import_errors(self, bundle: str) -> Mapping[str, str]:
        """Return the files of a bundle that do not import, each with its error."""

    def parse(self, file_token: str) -> None:
        """Have a file parsed at once; its bundle is refreshed first."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What is still missing until Airflow serves a release.

    Attributes:
        waiting: Workflows of the release that Airflow does not have, or has from another version.
        leftover: Workflows that Airflow still serves and that are not in the release.
        errors: Files of the bundle that do not import in Airflow, each with its error.
    """

    waiting: tuple[str, ...]
    leftover: tuple[str, ...]
    errors: Mapping[str, str]

    def __bool__(self) -> bool:
        """Whether anything is missing. Errors alone are not: they may be of files that are gone."""
        return bool(self.waiting or self.leftover)

    def describe(self) -> str:
        """Return what is missing, in one paragraph."""
        parts = []
        if self.waiting:
            parts.append(f"not served yet: {_names(self.waiting)}")
        if self.leftover:
            parts.append(f"served still: {_names(self.leftover)}")
        parts += [
            f"{file} does not import there: {error.strip().splitlines()[-1]}" for file, error in self.errors.items()
        ]
        return "; ".join(parts)


def _names(names: Collection[str]) -> str:
    shown = sorted(names)[:5]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")


def affected(record: Record, changed_files: Collection[str]) -> frozenset[str]:
    """Return the ids of the workflows of `record` that may differ now that these files do.

    Those that a changed file defines; all of them if another file changed, which any may import or read.
    """
    files = {workflow.file for workflow in record.workflows}
    everything = any(path not in files for path in changed_files)
    return frozenset(workflow.id for workflow in record.workflows if everything or workflow.file in changed_files)


def push(airflow: Airflow, bundle: str, workflows: Collection[str]) -> None:
    """Have Airflow look at the bundle now, and parse the files of `workflows` first.

    The others keep the time of their last change and so wait for their turn, half a minute by default (Airflow's
    `min_file_process_interval`); of a bundle with few files they are parsed now too, after the first.
    A file that is new to Airflow has no handle yet; one request refreshes the whole bundle and so finds it.
    """
    served = airflow.workflows(bundle)
    first = {workflow.file_token for workflow in served if workflow.id in workflows}
    rest = sorted({workflow.file_token for workflow in served} - first)
    if len(rest) > FEW_FILES:
        rest = [] if first else rest[:1]
    # Airflow puts each one at the very front (airflow/dag_processing/manager.py 3.3.2), so the last comes first.
    for token in [*rest, *sorted(first)]:
        airflow.parse(token)


def shortfall(airflow: Airflow, bundle: str, record: Record, workflows: Collection[str] | None = None) -> Shortfall:
    """Compare what Airflow serves from `bundle` with the release `record`.

    Args:
        airflow: Whose answer counts.
        bundle: The bundle of the environment.
        record: What it should serve.
        workflows: The workflows that must be served from this very release; None means all.
    """
    served = {workflow.id: workflow.version for workflow in airflow.workflows(bundle)}
    wanted = {workflow.id for workflow in record.workflows}
    asked = wanted if workflows is None else wanted & set(workflows)
    waiting = {name for name in asked if served.get(name) != record.tree} | (wanted - served.keys())
    leftover = tuple(sorted(served.keys() - wanted))
    return Shortfall(tuple(sorted(waiting)), leftover, airflow.import_errors(bundle) if waiting else {})


def clashes(record: Record, others: Mapping[str, Record]) -> dict[str, str]:
    """Return the workflows of `record` that another environment of the same Airflow holds, with its name.

    Airflow keeps one row a workflow id; two bundles that both hold it take it from each other at every
    parse, without a word (airflow/dag_processing/collection.py 3.3.2).

    Args:
        record: The release that an environment would serve.
        others: The releases of the other environments that this Airflow tracks, by environment.
    """
    owners = {workflow.id: name for name, other in others.items() for workflow in other.workflows}
    return {workflow.id: owners[workflow.id] for workflow in record.workflows if workflow.id in owners}
