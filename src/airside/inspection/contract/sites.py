"""Where in the code a task or a workflow is made, and where its arguments stand."""

import ast
from dataclasses import dataclass
from functools import cached_property

from airside.inspection.contract.ledger import Place
from airside.inspection.contract.making import Spot, notes
from airside.inspection.contract.sources import Source, Sources, walk


class Site:
    """The calls of the tree that led to a task, innermost first.

    Without a note of them, `file` is all that is known.
    """

    def __init__(self, made: object, sources: Sources, file: str | None) -> None:
        self._spots = notes.spots.get(id(made), ())
        self._sources = sources
        self._file = file

    @cached_property
    def _calls(self) -> list["_Step"]:
        steps = ((self._sources.of(spot.code.co_filename), spot) for spot in self._spots)
        return [_Step(source, spot) for source, spot in steps if source is not None]

    @property
    def place(self) -> Place:
        """Where it is made."""
        return Place(self._calls[0].source.path, self._calls[0].spot.line) if self._calls else Place(self._file)

    def line_in(self, path: str) -> int | None:
        """Return the innermost line of this file that led to it."""
        return next((step.spot.line for step in self._calls if step.source.path == path), None)

    def argument(self, name: str, text: str | None = None, below: int = 0) -> Place:
        """Return where the argument stands, or in it the literal `text`, or the line `below` lines below its start."""
        for step in self._calls:
            value = step.keyword(name)
            if value is not None:
                return _literal_in(step.source, value, text, below) or _constant(step.source, value, text, below)
        return self._literal(text, below) or self.place

    def _literal(self, text: str | None, below: int) -> Place | None:
        if text is None:
            return None
        for step in self._calls:
            if step.call is not None and (found := _literal_in(step.source, step.call, text, below)):
                return found
        for source in self._files():
            found_nodes = source.texts(text)
            if found_nodes:
                return _below(source, min(found_nodes, key=lambda node: node.lineno), text, below)
        return None

    def _files(self) -> list[Source]:
        own = self._sources.of(str(self._sources.tree.root / self._file)) if self._file is not None else None
        sources = {step.source.path: step.source for step in self._calls}
        if own is not None:
            sources.setdefault(own.path, own)
        return list(sources.values())


@dataclass
class _Step:
    source: Source
    spot: Spot

    @cached_property
    def call(self) -> ast.Call | None:
        position = self.spot.position
        return None if position is None else self.source.call(position)

    def keyword(self, name: str) -> ast.expr | None:
        """Return the value of the keyword, also in the `partial(…)` before `.expand(…)`."""
        call: ast.expr | None = self.call
        while isinstance(call, ast.Call):
            for keyword in call.keywords:
                if keyword.arg == name:
                    return keyword.value
            call = call.func.value if isinstance(call.func, ast.Attribute) else None
        return None


def _literal_in(source: Source, node: ast.expr, text: str | None, below: int) -> Place | None:
    if text is None:
        return None
    found = next((inner for inner in walk(node) if isinstance(inner, ast.Constant) and inner.value == text), None)
    return None if found is None else _below(source, found, text, below)


def _constant(source: Source, value: ast.expr, text: str | None, below: int) -> Place:
    """Return where the only literal with this text is, which the name `value` must stand for; or else the name."""
    literals = source.texts(text) if text is not None and isinstance(value, ast.Name) else []
    return _below(source, literals[0], text, below) if text and len(literals) == 1 else source.place(value)


def _below(source: Source, node: ast.Constant, text: str, below: int) -> Place:
    """Return the place `below` lines into the literal, where its lines are lines of the file."""
    as_written = (node.end_lineno or node.lineno) - node.lineno == text.count("\n")
    return source.place(node, below if as_written else 0)
