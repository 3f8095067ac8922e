"""Why a process has not answered, in words of a test."""

import re
from pathlib import Path
from typing import Final

from airside.inspection.facts import Failure as Ending
from airside.testing.outcome import Failure

_NAMES: Final = {"timeout": "RunTimeout", "memory": "OutOfMemory", "crash": "ProcessEnded"}
_FRAME: Final = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+), in ', re.MULTILINE)


def failure(ending: Ending, root: Path, file: Path | None = None) -> Failure:
    """Return why a process did not answer; the innermost line of the project is the place, or else `file`."""
    places = [
        (match["file"].removeprefix(f"{root}/"), int(match["line"]))
        for match in _FRAME.finditer(ending.traceback)
        if match["file"].startswith(f"{root}/")
    ]
    at = (str(file.relative_to(root)) if file is not None and file.is_relative_to(root) else None, None)
    name, line = places[-1] if places else at
    return Failure(_NAMES.get(ending.kind, "EngineError"), _message(ending), ending.traceback, name, line)


def _message(ending: Ending) -> str:
    match ending.kind:
        case "timeout":
            return f"the run was ended: {ending.message}. Give it a longer `timeout` if it needs one"
        case "crash":
            return f"the process of the run has ended: {ending.message}"
    return ending.message
