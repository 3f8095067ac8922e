"""Reading one DAG file as Airflow's dag processor does (`_parse_file` in airflow/dag_processing/processor.py 3.3.2)."""

import re
import resource
import sys
import time
import traceback
import warnings
from typing import Any, Final

import msgspec
from airflow.dag_processing.dagbag import BundleDagBag
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.dag_version_inflation_checker import check_dag_file_stability

from airside.inspection import kernel, second_reading, twins
from airside.inspection.describing import describe_workflow, record_making
from airside.inspection.discovery import safe_mode
from airside.inspection.facts import Event, Failure, FailureKind, FileFacts, Instability, WorkflowFacts
from airside.inspection.places import Tree
from airside.inspection.recording import Recorder

_WARNING: Final = re.compile(r"(?P<file>.*?):(?P<line>\d+|None): (?P<category>[\w.]+): (?P<message>.*)", re.DOTALL)
"""How airflow/dag_processing/dagbag.py 3.3.2 writes one."""

_START: Final = "Traceback (most recent call last):\n"
_KINDS: Final[dict[str, FailureKind]] = {"MemoryError": "memory", "AirflowTaskTimeout": "timeout"}
"""Exceptions that a limit raised; others are the file's own."""

_KIBIBYTE: Final = 1 if sys.platform == "darwin" else 1024
"""The unit of `ru_maxrss`."""

BUNDLE: Final = "airside"


def read_file(tree: Tree, file: str, recorder: Recorder) -> FileFacts:
    """Read the DAG file `file`, a path in `tree`, in this process, which is good for nothing else afterwards."""
    record_making()
    return _Reading(tree, file, recorder).facts()


class _Reading:
    def __init__(self, tree: Tree, file: str, recorder: Recorder) -> None:
        self._tree = tree
        self._file = file
        self._path = str(tree.root / file)
        self._recorder = recorder
        self._failures: list[Failure] = []
        self._serialized: list[dict[str, Any]] = []

    def facts(self) -> FileFacts:
        kernel.forget_peak()
        self._recorder.recording = True
        started, memory = time.perf_counter(), _peak()
        stability = check_dag_file_stability(self._path)
        bag = self._bag()
        # What is warned of outside of the import, Airflow's processor prints; nobody would see it.
        warnings.showwarning = lambda *_, **__: None
        registry = twins.watch()
        dags = self._serialize(self._read(bag, stability))
        seconds, peak = time.perf_counter() - started, _peak() - memory
        self._recorder.recording = False
        return FileFacts(
            file=self._file,
            workflows=self._describe([*dags, *twins.of(dags, self._path, registry)]),
            failures=tuple(self._explained(failure) for failure in self._failures),
            warnings=self._warnings(bag, stability),
            events=self._recorder.events,
            unstable=self._read_again(bag, seconds),
            modules=tuple(sorted(self._recorder.modules - {self._file})),
            reads=tuple(sorted(self._recorder.reads - self._recorder.modules - {self._file})),
            skipped=bool(bag.has_logged),
            seconds=seconds,
            peak_bytes=max(0, peak),
        )

    def _bag(self) -> Any:  # noqa: ANN401 - Airflow is not typed here
        # `collect_dags` would log what it cannot handle, and go on.
        return BundleDagBag(
            dag_folder=self._path,
            bundle_path=self._tree.root,
            bundle_name=BUNDLE,
            load_op_links=False,
            collect_dags=False,
        )

    def _read(self, bag: Any, stability: Any) -> list[Any]:  # noqa: ANN401 - as above
        errors = stability.get_error_format_dict(self._path, self._tree.root)
        if errors:
            self._failures.append(Failure(kind="exception", message=" ".join(errors.popitem()[1].split())))
            return []
        try:
            dags: list[Any] = bag.process_file(self._path, only_if_updated=False, safe_mode=safe_mode())
        except BaseException:  # noqa: BLE001 - whatever Airflow lets through is a fault of this file
            self._failures.append(failure(traceback.format_exc()))
            return []
        self._failures.extend(failure(text) for text in bag.import_errors.values())
        # The importer's set has a DAG twice that was changed after its `with` block: its hash is another one then.
        return list({id(dag): dag for dag in dags}.values())

    def _serialize(self, dags: list[Any]) -> list[Any]:
        served = []
        for dag in dags:
            try:
                self._serialized.append(DagSerialization.to_dict(dag))
                served.append(dag)
            except Exception:  # noqa: BLE001 - the processor makes an import error of any
                self._failures.append(failure(traceback.format_exc()))
        return served

    def _describe(self, dags: list[Any]) -> tuple[WorkflowFacts, ...]:
        return tuple(sorted((describe_workflow(dag, self._tree) for dag in dags), key=lambda f: f.description.id))

    def _warnings(self, bag: Any, stability: Any) -> tuple[tuple[str, int | None], ...]:  # noqa: ANN401 - as above
        found: dict[tuple[str, int | None], None] = {
            (f"RuntimeVaryingValue: {warning.message}", line): None for line, warning in stability.warnings.items()
        }
        for text in bag.captured_warnings.get(self._path, ()):
            match = _WARNING.fullmatch(text)
            if match is not None:
                here = self._tree.path(match["file"]) == self._file
                found[f"{match['category']}: {match['message']}", int(match["line"]) if here else None] = None
        return tuple(found)

    def _read_again(self, bag: Any, seconds: float) -> tuple[Instability, ...]:  # noqa: ANN401 - as above
        if self._failures or not self._serialized or seconds > second_reading.WORTH_SECONDS:
            return ()
        if self._acted() or not second_reading.may_differ(self._recorder.codes):
            return ()
        return second_reading.differences(bag, self._path, self._tree, self._serialized)

    def _explained(self, failure: Failure) -> Failure:
        """Say which values were not the real ones: they may be all that is wrong."""
        guesses = {_guess(event): None for event in self._recorder.events if event.answer == "placeholder"}
        if not guesses:
            return failure
        return msgspec.structs.replace(failure, message=f"{failure.message} ({'; '.join(guesses)})")

    def _acted(self) -> bool:
        """Whether reading it again would do something again."""
        return any(event.kind not in {"variable", "connection", "read"} for event in self._recorder.events)


def failure(text: str) -> Failure:
    """Return the failure that Airflow tells with this text: a traceback, or one exception without it."""
    message = _exception(text.rpartition(_START)[2])
    name = message.partition(":")[0].rpartition(".")[2]
    return Failure(
        kind=_KINDS.get(name, "exception"), message=message, traceback=text if text.startswith(_START) else ""
    )


def _guess(event: Event) -> str:
    answer = "`0`" if event.kind == "variable" else "an empty one"
    return f"the {event.kind} `{event.detail}` has no value here, and was answered with {answer}"


def _exception(block: str) -> str:
    """Return the exception at the end of a traceback; frames, code and carets before it are indented."""
    lines = block.splitlines()
    start = next((index for index, line in enumerate(lines) if line and not line.startswith(" ")), 0)
    return " ".join(line.strip() for line in lines[start:] if line.strip())


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTE
