"""Where in the workspace something is."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any

Place = tuple[str, int]
"""A file, relative to the root, and a line from 1."""


@dataclass(frozen=True, slots=True)
class Places:
    """The files of a workspace.

    Attributes:
        root: Its folder, resolved; None: all files count that are not those of Python and its packages.
    """

    root: Path | None

    def of_frames(self, frame: FrameType | None) -> Place | None:
        """Return the line of the workspace that was called last, on the way to `frame`."""
        while frame is not None:
            if (file := self.inside(frame.f_code.co_filename)) is not None:
                return file, frame.f_lineno
            frame = frame.f_back
        return None

    def inside(self, file: str) -> str | None:
        """Return a file of the workspace relative to its root; None: it is none."""
        return _inside(str(self.root) if self.root is not None else None, file)

    def of_task(self, dag: Any, task_id: str, word: str) -> Place | None:
        """Return where a task is made: the line that has `word` as a text, or that of its id.

        A DAG file is code: a task whose id is computed has no place.
        """
        task = dag.task_dict.get(task_id)
        function = getattr(task, "python_callable", None) or _partial(task, "python_callable")
        code = getattr(function, "__code__", None)
        if code is not None and (file := self.inside(code.co_filename)) is not None:
            return file, code.co_firstlineno
        file = self.inside(dag.fileloc)
        if file is None:
            return None
        line = _line_of_task(dag.fileloc, task_id.rpartition(".")[2], word) or _line_of(word, _tree(dag.fileloc))
        return (file, line) if line is not None else None


def _partial(task: Any, name: str) -> Any:
    return getattr(task, "partial_kwargs", {}).get(name)


@lru_cache(maxsize=4096)
def _inside(root: str | None, file: str) -> str | None:
    if not file or file.startswith("<") or _is_python(file):
        return None
    path = Path(file).resolve()
    if root is None:
        return str(path)
    return str(path.relative_to(root)) if path.is_relative_to(root) else None


def _is_python(file: str) -> bool:
    """Tell whether a file is one of Python, or of a package: an environment may be inside the workspace."""
    if "site-packages" in file or "dist-packages" in file:
        return True
    here = str(Path(__file__).parents[2])
    return any(file.startswith(f"{folder}/lib/python") for folder in {sys.prefix, sys.base_prefix}) or file.startswith(
        here + "/"
    )


def _line_of_task(file: str, name: str, word: str) -> int | None:
    """Return the line where `word` is, or the task's id, in the call that makes the task."""
    for call in _calls(file):
        if (line := _line_of(name, call, exactly=True)) is not None:
            return _line_of(word, call) or line
    return None


def _line_of(word: str, tree: ast.AST, *, exactly: bool = False) -> int | None:
    """Return the line of the text that is `word`, or of the first one that has it as a word (a template)."""
    texts = [
        (node.value, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    found = next((line for text, line in texts if text == word), None)
    if found is None and not exactly:
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        found = next((line for text, line in texts if pattern.search(text)), None)
    return found


@lru_cache(maxsize=16)
def _tree(file: str) -> ast.AST:
    try:
        return ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])


def _calls(file: str) -> Iterator[ast.Call]:
    """Yield all calls that name a `task_id`, inner ones first."""
    found = [
        node
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.Call) and any(keyword.arg == "task_id" for keyword in node.keywords)
    ]
    yield from reversed(found)
