"""What a process does once it is its own: run a workflow, list those of files, serialize one."""

import importlib
import pickle
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from airflow.configuration import conf
from airflow.serialization.serialized_objects import DagSerialization

from airside.base.errors import UsageError
from airside.inspection import discovery
from airside.inspection.places import Tree
from airside.running.serving import announce
from airside.testing.given import Given
from airside.testing.outcome import Failure, RunOutcome
from airside.testing.processes.dag_files import DagFile, Read
from airside.testing.processes.guards import ANY, Guards
from airside.testing.processes.landlock import write_only_in
from airside.testing.processes.leftovers import Leftovers
from airside.testing.processes.parcel import pack, unpack
from airside.testing.processes.programs import lead_nowhere
from airside.testing.processes.work import Listed, Work
from airside.testing.tasks.failures import failure_of
from airside.testing.tasks.needs import Needs
from airside.testing.tasks.places import Places
from airside.testing.tasks.settling import settle

_TIERS: Final = {"fast": "airside.testing.engine.run", "real": "airside.testing.real.run"}
"""Where `run(dag, given)` is. The second needs all of Airflow's tables, which the first does without."""

_held: list[Any] = []


def hold(dag: Any) -> None:
    """Have processes that are forked from now on work on this DAG object; None: on those of DAG files."""
    _held[:] = [dag] if dag is not None else []


def _run(work: Work) -> RunOutcome | Listed:
    given, needs = _settle(work)
    read = _read(work)
    dag = read.dags.get(work.dag_id)
    if dag is None:
        return Listed(tuple(read.dags), read.failure, needs.all(None))
    places = Places(Path(work.root))
    if (failure := _not_for_a_scheduler(dag, places)) is not None:
        return Listed(tuple(read.dags), failure, needs.all(None))
    leftovers = Leftovers(places)
    leftovers.watch()
    outcome: RunOutcome = importlib.import_module(_TIERS[given.tier]).run(dag, given)
    if (left := leftovers.found()) is not None:
        outcome = replace(outcome, state=None, error=left)
    packed: RunOutcome = pack(outcome)
    return packed


def _not_for_a_scheduler(dag: Any, places: Places) -> Failure | None:
    """Return why Airflow would refuse a workflow that could be run here: its scheduler gets it serialized."""
    try:
        DagSerialization.to_dict(dag)
    except Exception as error:  # noqa: BLE001 - whatever an operator or a value raises
        return failure_of(error, places)
    return None


def _files(work: Work) -> list[str]:
    """Return the DAG files of the folder."""
    folder = Path(work.folder)
    files, _ = discovery.list_files(Tree(folder))
    return [str(folder / file) for file in files]


def _list(work: Work) -> dict[str, Listed]:
    _settle(work)
    return {file: _listed(work, file) for file in work.files}


def _listed(work: Work, file: str) -> Listed:
    read = DagFile(Path(work.root), Path(work.import_root), Path(file)).read()
    return Listed(tuple(read.dags), read.failure)


def _serialize(work: Work) -> dict[str, Any]:
    _settle(work)
    read = _read(work)
    if (dag := read.dags.get(work.dag_id)) is None:
        raise UsageError(f"{work.files[0]} does not import: {read.failure}")
    serialized: dict[str, Any] = pack(DagSerialization.to_dict(dag))
    return serialized


KINDS: Final[dict[str, Callable[[Work], Any]]] = {
    "run": _run,
    "files": _files,
    "list": _list,
    "serialize": _serialize,
}


def _settle(work: Work) -> tuple[Given, Needs]:
    """Make this process one that works for the test."""
    given: Given = unpack(pickle.loads(work.body))  # noqa: S301 - from the process that started this one
    # As Airflow's BundleDagBag does, but before code asks for a config while it is imported.
    sys.path += [work.import_root, *work.paths]
    announce(Path(work.import_root), given.serving)
    paths = list(sys.path)
    settled = settle(given, Path(work.root))
    if work.root != work.import_root:
        # What only the search for configs could import would not be there in production.
        sys.path[:] = paths
    own = (Path(work.scratch), Path(conf.get_mandatory_value("logging", "base_log_folder")))
    Guards(given, own).install()
    if ANY not in given.network:
        lead_nowhere(given.network)
    write_only_in((*own, *given.writable, Path("/dev"), Path("/proc")))
    return given, settled.needs


def _read(work: Work) -> Read:
    if _held:
        return Read({work.dag_id: _held[0]})
    return DagFile(Path(work.root), Path(work.import_root), Path(work.files[0])).read()
