"""Reading a traceback as text: which line of the DAG file, and what the exception said."""

import re
from dataclasses import dataclass
from pathlib import Path

_FRAME = re.compile(r'^  File "(?P<path>[^"]+)", line (?P<line>\d+)', re.MULTILINE)
_START = "Traceback (most recent call last):\n"

NO_DATABASE = ": there is no database while a file is read; look it up in a task or in a template"
# What Airflow 3.3.2 says when code outside a task asks for a variable or a connection.
_LOOKUP = re.compile(
    r"VARIABLE_NOT_FOUND|CONNECTION_NOT_FOUND|The conn_id .* isn't defined|'Variable .* does not exist"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a traceback tells about one DAG file; `line` is None where no line of it took part."""

    line: int | None
    message: str


def read_traceback(text: str, root: Path, file: str) -> Told:
    """Do what `read_tree_traceback` does, where the traceback `text` names files of the tree `root` in full."""
    return read_tree_traceback(text.replace(f"{root}/", ""), file)


def read_tree_traceback(text: str, file: str) -> Told:
    """Return the last line of `file`, a path in the tree, in the traceback `text`, and its exception.

    Files of the tree are named by their paths in it. The exception is one line, ``TypeName: message``; an error in
    another file of the tree names that place.
    """
    # Of chained exceptions the last is what ended the import; an earlier one may be all that saw the file.
    frames = [(match["path"], int(match["line"])) for match in _FRAME.finditer(text)]
    lines = [line for path, line in frames if path == file]
    message = _exception(text.rpartition(_START)[2])
    inside = [(path, line) for path, line in frames if not path.startswith(("/", "<"))]
    if inside and inside[-1][0] != file:
        message += f" ({inside[-1][0]}, line {inside[-1][1]})"
    if _LOOKUP.search(message):
        message += NO_DATABASE
    return Told(lines[-1] if lines else None, message)


def _exception(block: str) -> str:
    """Return the exception at the end of a traceback; frames, code and carets before it are indented."""
    lines = block.splitlines()
    start = next((index for index, line in enumerate(lines) if line and not line.startswith(" ")), 0)
    return " ".join(line.strip() for line in lines[start:] if line.strip())
