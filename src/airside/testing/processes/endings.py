"""Why a process has not answered, in words of a test."""

import re
import traceback
from pathlib import Path
from typing import Final

import airside
from airside.inspection.facts import Failure as Ending
from airside.testing.outcome import Failure

_NAMES: Final = {"timeout": "RunTimeout", "memory": "OutOfMemory", "crash": "ProcessEnded"}
_FRAME: Final = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+), in (?P<name>.*)$', re.MULTILINE)
_OURS: Final = f"{Path(airside.__file__).parent}/"
_AIRFLOW: Final = re.compile(r"/site-packages/airflow/(?!providers/(?!standard/))")
"""Airflow itself, and the provider that calls what workflows write."""


def failure(ending: Ending, root: Path, file: Path | None = None) -> Failure:
    """Return why a process did not answer; the innermost line of the project is the place, or else `file`."""
    frames = [(match["file"], int(match["line"]), match["name"]) for match in _FRAME.finditer(ending.traceback)]
    places = [(name.removeprefix(f"{root}/"), line) for name, line, _ in frames if name.startswith(f"{root}/")]
    at = (str(file.relative_to(root)) if file is not None and file.is_relative_to(root) else None, None)
    name, line = places[-1] if places else at
    kind, message = _NAMES.get(ending.kind), _message(ending)
    if kind is None:
        return Failure("EngineError", message, ending.traceback, name, line)
    return Failure(kind, message, _traceback(frames, f"{kind}: {message}"), name, line)


def _traceback(frames: list[tuple[str, int, str]], said: str) -> str:
    """Return the frames of the workflow and of its libraries, with their lines, and what there is to say."""
    own = [frame for frame in frames if not _is_ours(frame[0])]
    # Where there are none, Airflow or we are what takes so long.
    shown = traceback.StackSummary.from_list([traceback.FrameSummary(*frame) for frame in own or frames])
    return f"Traceback (most recent call last):\n{''.join(shown.format())}{said}\n" if shown else ""


def _is_ours(file: str) -> bool:
    return file.startswith((_OURS, "<frozen ")) or _AIRFLOW.search(file) is not None


def _message(ending: Ending) -> str:
    match ending.kind:
        case "timeout":
            return f"the run was ended: {ending.message}. Give it a longer `timeout` if it needs one"
        case "crash":
            return f"the process of the run has ended: {ending.message}"
    return ending.message
