"""Having work done in a process of its own, for a project."""

import pickle
import shutil
from pathlib import Path
from typing import Any, Final

import msgspec

from airside.inspection.facts import Failure as Ending
from airside.inspection.protocol import Limits
from airside.testing.given import Given
from airside.testing.processes import covering, own_dag
from airside.testing.processes.parcel import pack, unpack
from airside.testing.processes.source import Source
from airside.testing.processes.surroundings import airflow_options
from airside.testing.processes.work import Done, Kind, Raised, Work
from airside.testing.processes.zygote import Zygote

MEMORY_MIB: Final = 2048
"""What one run may take above a process that does nothing."""

_LIMITS: Final = Limits(memory_mib=MEMORY_MIB, network=True)
_zygotes: dict[frozenset[tuple[str, str]], Zygote] = {}


def start(source: Source) -> Path:
    """Start what forks, without waiting for it, so that the first run waits the less.

    Returns:
        A folder for what belongs to a test; it is removed when this process is gone, however that ended.

    Raises:
        WorkspaceError: `airside.toml` is not valid.
    """
    return _zygote(source).home / "runs"


def zygotes() -> tuple[Zygote, ...]:
    """Return the processes that fork, those that have died included."""
    return tuple(_zygotes.values())


def stop() -> None:
    """End the processes that fork; a later run starts them again."""
    while _zygotes:
        _zygotes.popitem()[1].close()


def ask(kind: Kind, source: Source, given: Given, files: list[Path], seconds: float) -> Any:
    """Have work done, and return what it returned, or the `airside.inspection.facts.Failure` that ended it.

    Args:
        kind: What.
        source: The project.
        given: What the workflow finds.
        files: DAG files.
        seconds: How long it may take.

    Raises:
        UsageError: What is given cannot be.
        PlatformError: There is no Airflow in this environment, or it does not work.
    """
    work = Work(
        kind=kind,
        root=str(source.root),
        import_root=str(source.import_root),
        paths=tuple(map(str, source.paths)),
        folder=str(source.dags_folder),
        files=tuple(map(str, files)),
        dag_id=given.dag_id,
        scratch="",
        tier=given.tier,
        covering=covering.scope() if kind == "run" else None,
        body=pickle.dumps(pack(given)),
    )
    answer, modules = _answer(source, work, seconds)
    if isinstance(answer, Ending):
        return answer
    done: Done = pickle.loads(answer)  # noqa: S301 - from the process that this one has started
    modules.update(dict.fromkeys(done.modules))
    if done.covered is not None:
        covering.add(done.covered)
    if isinstance(done.result, Raised):
        raise done.result.error
    return unpack(done.result)


def _answer(source: Source, work: Work, seconds: float) -> tuple[bytes | Ending, dict[str, None]]:
    """Return what a process answers, and where to note what the next one can have imported."""
    if source.dag is not None:
        return own_dag.do(work, source.dag, _LIMITS, seconds), {}
    zygote = _zygote(source)
    scratch = zygote.scratch()
    try:
        work = msgspec.structs.replace(work, scratch=str(scratch), modules=tuple(zygote.modules))
        return zygote.do(work, seconds), zygote.modules
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _zygote(source: Source) -> Zygote:
    options = airflow_options(source.root)
    key = frozenset(options.items())
    if key not in _zygotes or not _zygotes[key].is_usable:
        _zygotes[key] = Zygote(options, _LIMITS)
    return _zygotes[key]
