"""Noting, while a file is imported, where its tasks and workflows are made, and which template files are read."""

import functools
import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import jinja2
from airflow.sdk.definitions.dag import DAG
from airflow.sdk.definitions.taskgroup import TaskGroup

_MOST_FRAMES = 60
"""What calls a factory is not deeper."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An instruction that was being run.

    Attributes:
        code: The function or module.
        offset: The instruction: an index into the bytes of the code.
        line: From 1.
    """

    code: CodeType
    offset: int
    line: int

    @property
    def position(self) -> tuple[int, int, int, int] | None:
        """Line, column, end line and end column of the expression."""
        found = next(itertools.islice(self.code.co_positions(), self.offset // 2, None), (None,) * 4)
        line, end_line, column, end_column = found
        if line is None or column is None or end_line is None or end_column is None:
            return None
        return line, column, end_line, end_column


@dataclass(slots=True)
class Notes:
    """What was noted in this process.

    Attributes:
        spots: The stack at which an object was made, innermost first, by the `id` of the object.
        made: These objects: as long as they are held, no other gets their `id`.
        templates: The name of the file that a template's text was read from, by the text.
    """

    spots: dict[int, tuple[Spot, ...]] = field(default_factory=dict)
    made: list[object] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)

    def note(self, made: object, frame: FrameType | None) -> None:
        """Note where `made` is being made; of several notes the first counts."""
        if id(made) not in self.spots:
            self.spots[id(made)] = tuple(itertools.islice(_stack(frame), _MOST_FRAMES))
            self.made.append(made)


notes = Notes()


@functools.cache
def record_making() -> None:
    """Note from now on where tasks and workflows are made. Called where the process is good for one file only."""
    _before(TaskGroup, "add", lambda arguments, frame: notes.note(arguments[1], frame))
    _before(DAG, "__attrs_post_init__", lambda arguments, frame: notes.note(arguments[0], frame))
    read = jinja2.FileSystemLoader.get_source

    @functools.wraps(read)
    def get_source(self: Any, environment: Any, template: str) -> Any:  # noqa: ANN401 - Jinja's own signature
        text, filename, fresh = read(self, environment, template)
        if filename is not None:
            notes.templates[text] = filename
        return text, filename, fresh

    # No hook is offered.
    jinja2.FileSystemLoader.get_source = get_source  # type: ignore[method-assign]


def _before(owner: type, name: str, note: Callable[[tuple[Any, ...], FrameType | None], None]) -> None:
    method = getattr(owner, name)

    @functools.wraps(method)
    def noting(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever the method takes
        note(arguments, _caller())
        return method(*arguments, **options)

    setattr(owner, name, noting)


def _caller() -> FrameType | None:
    return sys._getframe(2)  # noqa: SLF001 - the way to one frame that does not read source files


def _stack(frame: FrameType | None) -> Iterator[Spot]:
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        yield Spot(frame.f_code, frame.f_lasti, frame.f_lineno)
        frame = frame.f_back
