"""Why something failed, as a person wants to read it."""

import traceback
from pathlib import Path
from typing import Final

import airflow
import airside.testing
from airside.testing.outcome import Failure
from airside.testing.tasks.places import Place, Places

_AIRFLOW: Final = str(Path(airflow.__file__).parent) + "/"
_PROVIDERS: Final = f"{_AIRFLOW}providers/"
_STANDARD: Final = f"{_PROVIDERS}standard/"
"""Calls what workflows write: of its frames nobody learns anything."""
_ENGINE: Final = str(Path(airside.testing.__file__).parent) + "/"
_OTHERS: Final = ("<frozen ", "/contextlib.py", "/contextvars.py", "/asyncio/", "/importlib/")
_DEEPEST: Final = 20
"""Causes of causes that are followed."""


def failure_of(error: BaseException, places: Places) -> Failure:
    """Return an exception as a value: its traceback has the frames of the workflow and of its libraries."""
    told = traceback.TracebackException.from_exception(error, compact=True)
    _clean(told, places, 0)
    file, line = _place(error, places) or (None, None)
    return Failure(
        type=type(error).__name__, message=_message(error), traceback="".join(told.format()), file=file, line=line
    )


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as fault:  # noqa: BLE001 - a class of the workflow, whose text cannot be made
        return f"<its text cannot be made: {type(fault).__name__}>"


def _clean(told: traceback.TracebackException, places: Places, depth: int) -> None:
    if depth > _DEEPEST:
        return
    frames = [frame for frame in told.stack or () if not _is_ours(frame.filename)]
    if depth and not any(places.inside(frame.filename) for frame in frames):
        # A cause inside of a library, as clients of HTTP have three of: what it says is enough.
        frames = []
    # Without a stack, nothing is said of one.
    told.stack = traceback.StackSummary.from_list(frames) if frames else None  # type: ignore[assignment]
    for inner in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if inner is not None:
            _clean(inner, places, depth + 1)


def _is_ours(file: str) -> bool:
    """Tell whether a file is one of Airflow itself or of the engine: not of a provider, where it can be the reason."""
    if file.startswith(_PROVIDERS) and not file.startswith(_STANDARD):
        return False
    return file.startswith((_AIRFLOW, _ENGINE)) or any(part in file for part in _OTHERS)


def _place(error: BaseException, places: Places) -> Place | None:
    if isinstance(error, SyntaxError) and error.filename and (file := places.inside(error.filename)) is not None:
        return file, error.lineno or 1
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        found = None
        for frame, line in traceback.walk_tb(current.__traceback__):
            if (file := places.inside(frame.f_code.co_filename)) is not None:
                found = (file, line)
        if found is not None:
            return found
        current = current.__cause__ or current.__context__
    return None
