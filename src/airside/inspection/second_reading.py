"""Reading a file a second time, to see whether its workflows are the same.

Airflow makes a new version of a workflow whenever its serialized form changes; one that changes with each reading fills
the database. Values that change once a day cannot be seen this way.
"""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType
from typing import Any, Final

from airflow.serialization.serialized_objects import DagSerialization

from airside.inspection.code_parts import parts
from airside.inspection.discovery import safe_mode
from airside.inspection.facts import Instability
from airside.inspection.places import Tree
from airside.inspection.traces import forget

WORTH_SECONDS: Final = 2.0
"""A file that takes longer is not read again: it waits for something, and would wait twice."""

# fmt: off
_CHANGING: Final = frozenset((
    "now", "utcnow", "today", "yesterday", "tomorrow", "days_ago", "time", "time_ns", "monotonic", "perf_counter",
    "process_time", "localtime", "gmtime", "strftime", "ctime", "random", "randint", "randrange", "choice", "choices",
    "shuffle", "sample", "uniform", "getrandbits", "gauss", "Random", "SystemRandom", "default_rng", "rand", "uuid",
    "uuid1", "uuid4", "uuid7", "token_hex", "token_urlsafe", "token_bytes", "urandom", "mkdtemp", "mkstemp", "mktemp",
    "TemporaryDirectory", "NamedTemporaryFile", "getpid", "id", "ulid", "Faker", "nanoid",
))
# fmt: on
"""Names without which no code gets another value in the next process: without any, a second reading tells nothing.

A library may hold a counter; that begins anew in each process, and is no change that Airflow would see."""

_SHOWN: Final = 20
"""How many differences of one workflow are told."""


def differences(
    bag: Any,  # noqa: ANN401 - Airflow is not typed here
    path: str,
    tree: Tree,
    first: list[dict[str, Any]],
) -> tuple[Instability, ...]:
    """Read the file again in `bag`, and return how its workflows differ from those of the `first` time."""
    forget(tree)
    try:
        with _muted():
            dags = bag.process_file(path, only_if_updated=False, safe_mode=safe_mode())
            second = [DagSerialization.to_dict(dag) for dag in dags]
    except BaseException:  # noqa: BLE001 - a new process can read it, as the first reading has shown
        return ()
    if bag.import_errors:
        return ()
    return tuple(_compare(_by_id(first), _by_id(second)))


def may_differ(codes: Iterable[CodeType]) -> bool:
    """Return whether this code names anything whose value is another one the next time."""
    return any(not _CHANGING.isdisjoint(part.co_names) for code in codes for part in parts(code))


@contextlib.contextmanager
def _muted() -> Iterator[None]:
    """Let what the file prints be counted once."""
    nowhere, real = os.open(os.devnull, os.O_WRONLY), (os.dup(1), os.dup(2))
    _point(nowhere, nowhere)
    try:
        yield
    finally:
        _point(*real)
        for descriptor in (nowhere, *real):
            os.close(descriptor)


def _point(output: int, errors: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os.dup2(output, 1)
    os.dup2(errors, 2)


def _by_id(serialized: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {document["dag"]["dag_id"]: document["dag"] for document in serialized}


def _compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Instability]:
    for workflow in sorted(first.keys() ^ second.keys()):
        yield Instability(workflow=workflow, what="dag_id")
    for workflow in sorted(first.keys() & second.keys()):
        paths = sorted(set(_paths(first[workflow], second[workflow], "")))
        yield from (Instability(workflow=workflow, what=path) for path in paths[:_SHOWN])


def _paths(first: Any, second: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Return where two JSON values differ: ``tasks.load.bash_command``."""
    first, second = _plain(first), _plain(second)
    if isinstance(first, dict) and isinstance(second, dict):
        for key in first.keys() | second.keys():
            yield from _paths(first.get(key), second.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for one, other in zip(first, second, strict=True):
            yield from _paths(one, other, path)
    elif first != second:
        yield path or "dag"


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a value of Airflow's encoding without its type, and a list of tasks as a mapping by their ids."""
    if isinstance(value, dict) and value.keys() == {"__type", "__var"}:
        return _plain(value["__var"])
    if isinstance(value, list) and value:
        tasks = [item["__var"] if isinstance(item, dict) and "__var" in item else item for item in value]
        if all(isinstance(task, dict) and "task_id" in task for task in tasks):
            return {task["task_id"]: task for task in tasks}
    return value
