"""Airflow's log folder on this machine: where a task's log is, what ended the task, and where the summary goes.

With remote logs and pods the logs of other tasks are elsewhere, and what they say is not known here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count as numbers_from
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from airflow.sdk.configuration import conf
from airflow.utils.helpers import log_filename_template_renderer

from airside.base.files import write_atomically

SUMMARY: Final = "summary.json"
"""Beside the log of the summary task. Airflow reads as logs what begins with the name of one, ``attempt=1.log``."""

_TAIL: Final = 256 * 1024
"""Bytes at the end of a log in which what ended the task is looked for: it is among the last things written."""


@dataclass(frozen=True, slots=True)
class LogFolder:
    """The logs of the tasks of one run.

    Attributes:
        root: Airflow's ``[logging] base_log_folder``.
        render: Returns the path of a log below that.
        workflow: The DAG id.
        run: The run id.
    """

    root: Path
    render: Callable[..., str]
    workflow: str
    run: str

    @classmethod
    def configured(cls, workflow: str, run: str) -> "LogFolder":
        """Return the one that the configuration of Airflow names."""
        root = Path(conf.get("logging", "base_log_folder"))
        return cls(root, log_filename_template_renderer(), workflow, run)

    def log(self, task: str, map_index: int, attempt: int) -> Path:
        """Return where the log of one try is, or would be."""
        instance = SimpleNamespace(
            dag_id=self.workflow,
            run_id=self.run,
            task_id=task,
            map_index=map_index,
            try_number=attempt,
            logical_date=None,
        )
        return self.root / self.render(ti=instance, try_number=attempt)

    def tries(self, task: str, map_index: int) -> int | None:
        """Return how many tries have logs here; None where there are none: they ran elsewhere, or their logs went."""
        return next(number for number in numbers_from(0) if not self.log(task, map_index, number + 1).exists()) or None

    def error(self, task: str, map_index: int, attempt: int) -> str | None:
        """Return the first line of what ended a try; None where its log is not here or does not say."""
        try:
            return _last_error(self.log(task, map_index, attempt))
        except OSError:
            return None

    def write(self, task: str, document: dict[str, Any]) -> Path:
        """Put `document` beside the logs of `task`, whole or not at all, and return the file.

        Raises:
            OSError: The folder cannot be written.
        """
        path = self.log(task, -1, 1).with_name(SUMMARY)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")
        return path


def _last_error(path: Path) -> str | None:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        lines = file.read(_TAIL).splitlines()
    return next((error for line in reversed(lines) if (error := _error(line))), None)


def _error(line: bytes) -> str | None:
    """Return the first line of the exception that a line of a log is about; Airflow writes a JSON object a line."""
    if b'"error_detail"' not in line:
        return None
    try:
        detail = json.loads(line)["error_detail"][0]
        kind, value = str(detail["exc_type"]), str(detail["exc_value"])
    except (ValueError, TypeError, KeyError, IndexError):
        return None  # cut off, or another program's
    first = next(iter(value.strip().splitlines()), "")
    return f"{kind}: {first}" if first else kind
