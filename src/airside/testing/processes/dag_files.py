"""Reading a DAG file as Airflow's task runner does (`parse` in airflow/sdk/execution_time/task_runner.py 3.3.2)."""

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from airflow.dag_processing.dagbag import BundleDagBag
from airflow.dag_processing.importers import python_importer

from airside.inspection import one_file
from airside.testing.outcome import Failure
from airside.testing.tasks.failures import failure_of
from airside.testing.tasks.places import Places

_BUNDLE: Final = "airside"


@dataclass(frozen=True, slots=True)
class Read:
    """What a DAG file has.

    Attributes:
        dags: Its DAGs by id, in order.
        failure: Why it has not all that it should.
    """

    dags: Mapping[str, Any] = field(default_factory=dict)
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class DagFile:
    """A DAG file.

    Attributes:
        root: The folder of the project.
        import_root: What Airflow puts on `sys.path`.
        path: The file.
    """

    root: Path
    import_root: Path
    path: Path

    def read(self) -> Read:
        """Read it in this process."""
        log = _Log()
        # The bag keeps the text of an error only.
        python_importer.log = log
        bag = BundleDagBag(
            dag_folder=str(self.path),
            bundle_path=self.import_root,
            bundle_name=_BUNDLE,
            safe_mode=False,
            load_op_links=False,
            collect_dags=False,
        )
        bag.process_file(str(self.path), only_if_updated=False, safe_mode=False)
        return Read(dict(bag.dags), self._failure(bag, log))

    def _failure(self, bag: Any, log: "_Log") -> Failure | None:
        if log.seen is not None:
            return failure_of(log.seen, Places(self.root))
        for text in bag.import_errors.values():
            told = one_file.failure(text)
            kind, _, message = told.message.partition(": ")
            file = str(self.path.relative_to(self.root)) if self.path.is_relative_to(self.root) else str(self.path)
            return Failure(kind.rpartition(".")[2], message, told.traceback, file)
        return None


class _Log(logging.LoggerAdapter[logging.Logger]):
    """The importer's log, which sees the exception itself.

    Attributes:
        seen: The last one.
    """

    def __init__(self) -> None:
        super().__init__(logging.getLogger(python_importer.__name__))
        self.seen: BaseException | None = None

    def exception(self, *_: object, **__: object) -> None:
        """Take the exception that is being handled; the outcome tells of it."""
        self.seen = sys.exception()
