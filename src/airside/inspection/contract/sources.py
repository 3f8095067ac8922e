"""The files of the tree as syntax trees, each parsed once."""

import ast
import functools
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType, MethodType
from typing import Final, TypeAlias

from airside.inspection.contract.ledger import Place
from airside.inspection.places import Tree

_MOST_WRAPPERS: Final = 16

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Source:
    """A Python file of the tree.

    Attributes:
        path: Its path in the tree.
        filename: The name under which Python knows it.
        module: Its syntax tree.
    """

    def __init__(self, path: str, filename: str, module: ast.Module) -> None:
        self.path = path
        self.filename = filename
        self.module = module

    def place(self, node: ast.expr | ast.stmt, below: int = 0) -> Place:
        """Return where `node` stands, or the line that is `below` lines below."""
        return Place(self.path, node.lineno + below, None if below else node.col_offset + 1)

    def function(self, code: CodeType) -> FunctionNode | None:
        """Return the function that has this code."""
        if code.co_name == "<lambda>":
            return self._lambda(code)
        return self._functions.get((code.co_firstlineno, code.co_name))

    def call(self, position: tuple[int, int, int, int]) -> ast.Call | None:
        """Return the call at line, column, end line and end column, as Python 3.11 notes them for an instruction."""
        line, _, end_line, end_column = position
        return self._calls.get((end_line, end_column)) or self._calls_by_line.get(line)

    def texts(self, text: str) -> list[ast.Constant]:
        """Return where the file has this text as a literal, in no order."""
        return self._texts.get(text, [])

    @cached_property
    def _functions(self) -> dict[tuple[int, str], FunctionNode]:
        return {(first_line(node), node.name): node for node in _definitions(self.module)}

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        return list(walk(self.module))

    @cached_property
    def _calls(self) -> dict[tuple[int, int], ast.Call]:
        ends = ((node.end_lineno, node.end_col_offset, node) for node in self._nodes if isinstance(node, ast.Call))
        return {(line, column): node for line, column, node in ends if line is not None and column is not None}

    @cached_property
    def _calls_by_line(self) -> dict[int, ast.Call]:
        calls: dict[int, ast.Call] = {}
        for node in self._nodes:
            if isinstance(node, ast.Call):
                calls.setdefault(node.lineno, node)
        return calls

    @cached_property
    def _texts(self) -> dict[str, list[ast.Constant]]:
        texts: dict[str, list[ast.Constant]] = {}
        for node in self._nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.setdefault(node.value, []).append(node)
        return texts

    def _lambda(self, code: CodeType) -> ast.Lambda | None:
        """Return the innermost lambda that holds all of the code: several may share its line."""
        spots = [(line, column) for line, _, column, end in code.co_positions() if line and column is not None and end]
        found = [
            node
            for node in self._nodes
            if isinstance(node, ast.Lambda)
            and node.lineno == code.co_firstlineno
            and all(_start(node.body) <= spot <= _end(node.body) for spot in spots)
        ]
        return found[-1] if found else None


class Sources:
    """The Python files of a tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._known: dict[str, Source | None] = {}

    def of(self, filename: str) -> Source | None:
        """Return the file that Python knows under this name; None for what is not in the tree, or is no Python."""
        if filename not in self._known:
            self._known[filename] = self._read(filename)
        return self._known[filename]

    def function(self, function: FunctionType) -> tuple[Source, FunctionNode] | None:
        """Return where this function of the tree is defined; None for others, and for those made at run time."""
        source = self.of(function.__code__.co_filename)
        node = source.function(function.__code__) if source is not None else None
        return None if source is None or node is None else (source, node)

    def _read(self, filename: str) -> Source | None:
        path = self.tree.path(filename)
        if path is None:
            return None
        try:
            return Source(path, filename, ast.parse(Path(filename).read_bytes()))
        except (OSError, SyntaxError, ValueError):
            # Imported from elsewhere than from this text: bytecode alone, or the file has changed since.
            return None


def first_line(node: FunctionNode) -> int:
    """Return the line at which Python lets the code of this function begin: that of its first decorator."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield `node` and all below, parents first; `ast.walk` takes three times as long."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        for value in reversed(list(node.__dict__.values())):
            if isinstance(value, ast.AST):
                stack.append(value)
            elif isinstance(value, list):
                stack.extend(item for item in reversed(value) if isinstance(item, ast.AST))


def plain(function: object) -> FunctionType | None:
    """Return the function behind partials, decorators, bound methods and TaskFlow's wrappers."""
    for _ in range(_MOST_WRAPPERS):
        inner = _wrapped(function)
        if inner is None:
            break
        function = inner
    return function if isinstance(function, FunctionType) else None


def _wrapped(function: object) -> object | None:
    if isinstance(function, functools.partial):
        return function.func
    if isinstance(function, MethodType):
        return function.__func__
    own = getattr(function, "__dict__", {})
    # `function` is what the decorator of a TaskFlow task keeps (airflow/sdk/bases/decorator.py 3.3.2).
    return own.get("__wrapped__") or (None if isinstance(function, FunctionType) else own.get("function"))


def _start(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def _definitions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every named function below; expressions hold none."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            value = getattr(node, name, None)
            if isinstance(value, list):
                stack.extend(value)
