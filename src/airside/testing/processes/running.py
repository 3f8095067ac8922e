"""Running a workflow in a process of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airside.base.errors import PlatformError, UsageError
from airside.inspection.facts import Failure as Ending
from airside.testing.given import TIMEOUT, Given
from airside.testing.outcome import RunOutcome
from airside.testing.processes.asking import ask
from airside.testing.processes.endings import failure
from airside.testing.processes.finding import Index
from airside.testing.processes.source import Source
from airside.testing.processes.work import Listed

_indices: dict[Path, Index] = {}


def run(source: Source, given: Given) -> RunOutcome:
    """Run a workflow in a process of its own, and return what it did.

    Whatever it does, this process is not touched by it: an endless loop, the end of its process or too much memory
    are an outcome without a state, whose `error` says so.

    Args:
        source: Where the workflow is.
        given: All that it finds.

    Raises:
        UsageError: There is no such workflow; what is given cannot be.
        PlatformError: There is no Airflow in this environment, or it does not work.
    """
    if source.dag is not None or source.file is not None:
        return _outcome(source, given, source.file)
    index, reader = _index(source), _Reader(source, given)
    for file in index.likely(given.dag_id, reader):
        outcome = _run(source, given, file)
        if isinstance(outcome, RunOutcome):
            index.found(given.dag_id, file)
            return outcome
        index.learn(file, outcome)
    return _outcome(source, given, index.search(given.dag_id, reader))


def listed(source: Source) -> Mapping[Path, Listed]:
    """Return what each DAG file has."""
    return _index(source).all(_Reader(source, Given(dag_id="")))


def serialized(source: Source, given: Given) -> dict[str, Any]:
    """Return a workflow as Airflow serializes it (`DagSerialization.to_dict`).

    Raises:
        UsageError: There is no such workflow, or its file does not import.
    """
    file = (
        None if source.dag is not None else source.file or _index(source).search(given.dag_id, _Reader(source, given))
    )
    made = ask("serialize", source, given, [file] if file is not None else [], TIMEOUT)
    if isinstance(made, Ending):
        raise UsageError(f"{given.dag_id} cannot be read: {failure(made, source.root)}")
    done: dict[str, Any] = made
    return done


def _index(source: Source) -> Index:
    return _indices.setdefault(source.dags_folder, Index(source.dags_folder))


def _outcome(source: Source, given: Given, file: Path | None) -> RunOutcome:
    """Return the outcome of a workflow that must be in this file."""
    outcome = _run(source, given, file)
    if isinstance(outcome, RunOutcome):
        return outcome
    if outcome.failure is not None:
        return RunOutcome(given.dag_id, given.run_id or "", None, needs=outcome.needs, error=outcome.failure)
    raise UsageError(
        f"There is no workflow {given.dag_id!r} in {file}", hint=f"There are: {', '.join(outcome.dag_ids)}."
    )


def _run(source: Source, given: Given, file: Path | None) -> RunOutcome | Listed:
    """Return the outcome of a workflow; what the file has, where it has no such workflow."""
    answer: RunOutcome | Listed | Ending = ask("run", source, given, [file] if file else [], given.timeout)
    if isinstance(answer, Ending):
        return RunOutcome(given.dag_id, given.run_id or "", None, error=failure(answer, source.root))
    return answer


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads DAG files as a run finds them."""

    source: Source
    given: Given

    def names(self) -> list[Path]:
        """Return the files that Airflow takes for DAG files."""
        files = ask("files", self.source, self.given, [], TIMEOUT)
        if isinstance(files, Ending):
            said = failure(files, self.source.root)
            raise PlatformError(f"The DAG files in {self.source.dags_folder} cannot be listed: {said}")
        return list(map(Path, files))

    def read(self, files: list[Path]) -> Mapping[Path, Listed]:
        """Return what files have."""
        read = ask("list", self.source, self.given, files, TIMEOUT + len(files))
        if not isinstance(read, Ending):
            return {Path(file): listed for file, listed in read.items()}
        if len(files) == 1:
            return {files[0]: Listed(failure=failure(read, self.source.root, files[0]))}
        # One of them has ended the process that reads them all: each gets its own.
        return {file: listed for one in files for file, listed in self.read([one]).items()}
