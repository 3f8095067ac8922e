"""What a task logs and prints: lines of text, secrets masked as in Airflow."""

import io
import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final, NoReturn

import structlog
from airflow.sdk._shared.logging.structlog import make_filtering_logger
from airflow.sdk._shared.secrets_masker import redact

from airside.testing.tasks.descriptors import Descriptors

_NOISE: Final = frozenset({"Pushing xcom", "Task failed with exception", "Stats instance is initialized"})
"""What Airflow says of every task; a failure is told beside the log."""

_MARKERS: Final = ("::group::", "::endgroup::", "Skipping masking for a secret")


class Log:
    """The log of a process: its lines go where they are read, or nowhere."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._descriptors = Descriptors()

    @contextmanager
    def reading(self) -> Iterator[list[str]]:
        """Collect all lines of the block; what is printed is a line of it; that of other programs comes last."""
        before, streams = self._lines, (sys.stdout, sys.stderr)
        self._lines = []
        out, err = _Stream(self), _Stream(self)
        sys.stdout, sys.stderr = out, err
        try:
            with self._descriptors.reading(self.add):
                yield self._lines
                out.end()
                err.end()
        finally:
            self._lines = before
            sys.stdout, sys.stderr = streams

    def add(self, text: str) -> None:
        """Add a text, which may be several lines."""
        self._lines += str(redact(text)).splitlines() or [""]

    def install(self) -> None:
        """Have all logging of this process come here: structlog's, which Airflow uses, and that of Python."""
        structlog.configure(
            processors=[self._structured],
            wrapper_class=make_filtering_logger(),
            context_class=dict,
            logger_factory=_Named,
            cache_logger_on_first_use=False,
        )
        handler = _Handler(self)
        logging.root.handlers[:] = [handler]
        if logging.root.level != logging.INFO:
            logging.root.setLevel(logging.INFO)  # writes to each logger there is, and so to memory that forks share
        for found in logging.root.manager.loggerDict.values():
            if isinstance(found, logging.Logger) and found.handlers:
                found.handlers[:] = []
                found.propagate = True

    def _structured(self, _: Any, level: str, event: MutableMapping[str, Any]) -> NoReturn:
        text = str(event.pop("event", ""))
        positional = event.pop("positional_args", None)
        if positional:
            text = _filled(text, positional)
        if text in _NOISE or text.startswith(_MARKERS):
            raise structlog.DropEvent
        error = event.pop("exc_info", None)
        for name in ("logger_name", "logger", "stack_info"):
            event.pop(name, None)
        more = "".join(f" {key}={value!r}" for key, value in event.items())
        self.add(f"{level.upper()} {text}{more}{_told(error)}")
        raise structlog.DropEvent


class _Named:
    """What Airflow's loggers write to; they ask it for its name. All is written before."""

    def __init__(self, *names: Any) -> None:
        self.name = names[0] if names else None


class _Handler(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            text = str(record.msg)
        self._log.add(f"{record.levelname} {text}{_told(record.exc_info)}")


class _Stream(io.TextIOBase):
    """Stands for `sys.stdout`: each whole line is one of the log."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log
        self._rest = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._log.add(line)
        return len(text)

    def end(self) -> None:
        """Add what has no end of line."""
        if self._rest:
            self._log.add(self._rest)
            self._rest = ""


def _filled(text: str, values: Any) -> str:
    try:
        return str(text % values)
    except (TypeError, ValueError):
        return f"{text} {values!r}"


def _told(error: Any) -> str:
    if error is True:
        error = sys.exc_info()
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if not error or error[0] is None:
        return ""
    return "\n" + "".join(traceback.format_exception(*error)).rstrip()
