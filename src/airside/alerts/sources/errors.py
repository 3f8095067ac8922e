"""The first line of an error: from the log of a task, or from the traceback of a file that does not import."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

import msgspec

from airside.alerts.sources.facts import Fact
from airside.alerts.sources.port import Airflow
from airside.base.errors import PlatformError

MOST_LETTERS: Final = 1000
"""Of an error that is told. Whoever makes a message of it masks it first and then makes it shorter."""

_MOST_BYTES: Final = 8 * 1024 * 1024
"""Of a log that is read; the error is at its end, and one that is longer tells none."""

_SECONDS: Final = 3.0
_BAD: Final = frozenset({"error", "critical"})


def error_in_log(airflow: Airflow, fact: Fact) -> str | None:
    """Return the first line of the error with which a task ended; None where its log tells none.

    Airflow has masked the log when it was written. Its size and the time are bounded.
    """
    words = (fact.workflow, "dagRuns", str(fact.run), "taskInstances", str(fact.task), "logs", str(fact.attempt))
    path = "/api/v2/dags/" + "/".join(quote(word, safe="") for word in words)
    try:
        return error_in(airflow.lines(f"{path}?map_index={fact.map_index}", most_bytes=_MOST_BYTES, seconds=_SECONDS))
    except PlatformError:  # a message without the error is better than none
        return None


def error_in(lines: Iterable[bytes]) -> str | None:
    """Return the first line of the last error in a log.

    Args:
        lines: One JSON document each, as Airflow 3.3 gives them: an error has ``error_detail``, a list of exceptions
            of which the first is the one that was raised (airflow/sdk/execution_time/task_runner.py).
    """
    raised: bytes | None = None
    said: bytes | None = None
    for line in lines:
        if b'"error_detail"' in line:
            raised = line
        elif b'"level":"error"' in line or b'"level": "error"' in line or b'"critical"' in line:
            said = line
    return (raised and _raised(_document(raised))) or (said and _said(_document(said))) or None


def error_of_traceback(text: str) -> str | None:
    """Return the line of a traceback that says what was raised: the first one below its last frame."""
    lines = [line for line in text.splitlines() if line.strip()]
    frames = [index for index, line in enumerate(lines) if line.startswith("  ")]
    below = lines[frames[-1] + 1 :] if frames else lines
    return _shortened((below or lines[-1:] or [""])[0])


def _document(line: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):  # cut off where the limit was
        return {}
    return found if isinstance(found, dict) else {}


def _raised(document: dict[str, Any]) -> str | None:
    details = document.get("error_detail")
    first = details[0] if isinstance(details, list) and details else None
    if not isinstance(first, dict):
        return None
    words = [str(first.get(field) or "") for field in ("exc_type", "exc_value")]
    return _shortened(": ".join(filter(None, [words[0], _first_line(words[1])])))


def _said(document: dict[str, Any]) -> str | None:
    # What has no time was said by who reads the log: that it cannot be read.
    is_bad = document.get("level") in _BAD and document.get("timestamp")
    return _shortened(_first_line(str(document.get("event") or ""))) if is_bad else None


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _shortened(text: str) -> str | None:
    text = text.strip()
    return (text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…") or None
