"""Whether an Airflow serves a release, and how to make it do so at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from airside.release.record import Record


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


def push(airflow: Airflow, bundle: str, changed_files: Collection[str]) -> None:
    """Have Airflow look at the bundle now, and parse the changed files first.

    A file that is new to Airflow has no handle yet; one request refreshes the whole bundle and so finds it.
    """
    served = airflow.workflows(bundle)
    tokens = {workflow.file_token: None for workflow in served if workflow.file in changed_files}
    for token in tokens or ([served[0].file_token] if served else []):
        airflow.parse(token)


def shortfall(airflow: Airflow, bundle: str, record: Record) -> Shortfall:
    """Compare what Airflow serves from `bundle` with the release `record`."""
    served = {workflow.id: workflow.version for workflow in airflow.workflows(bundle)}
    wanted = {workflow.id for workflow in record.workflows}
    waiting = tuple(sorted(name for name in wanted if served.get(name) != record.tree))
    leftover = tuple(sorted(served.keys() - wanted))
    return Shortfall(waiting, leftover, airflow.import_errors(bundle) if waiting else {})


def wait_until_served(
    airflow: Airflow, bundle: str, record: Record, *, tries: int, pause: Callable[[], None]
) -> Shortfall:
    """Ask until Airflow serves `record`, at most `tries` times, and return what is missing at the end."""
    missing = shortfall(airflow, bundle, record)
    for _ in range(tries):
        if not missing:
            break
        pause()
        missing = shortfall(airflow, bundle, record)
    return missing


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
