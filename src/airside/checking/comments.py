"""The comments of a file, and the lines that one after a statement is for. Lines end in a line feed."""

import ast
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

_ANY_COMMENT = re.compile(r"(?:^|(?<=\s))(?:#|--|//|/\*|\{#).*")
"""A comment of YAML, TOML, SQL, Jinja, JavaScript, or of Python that cannot be read."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment.

    Attributes:
        text: From its mark to the end of its line.
        line: From 1.
        column: From 1.
        target: The line that it is about: its own, or the next one with code where it stands alone.
    """

    text: str
    line: int
    column: int
    target: int


def comments(file: str, text: str) -> list[Comment]:
    """Return the comments of a file with this text. Those in the strings of Python are none."""
    if _is_python(file):
        try:
            return list(_python_comments(text))
        except (tokenize.TokenError, SyntaxError, ValueError):
            pass  # Broken: the same comments, as far as its lines show them.
    return list(_plain_comments(text))


class Statements:
    """The statements of a file: a comment at one end of a statement is about all its lines."""

    def __init__(self, file: str, text: str) -> None:
        self._spans = sorted(set(_spans(text)), key=itemgetter(0, 1)) if _is_python(file) else []
        self._starts = [start for start, _ in self._spans]

    def lines(self, line: int | None) -> frozenset[int]:
        """Return the lines on which a comment is about `line`: itself, and the ends of the statement that it is in."""
        if line is None:
            return frozenset()
        # No two spans overlap but at a line that ends one and begins the next.
        index = bisect_right(self._starts, line) - 1
        if index < 0 or self._spans[index][1] < line:
            return frozenset({line})
        return frozenset({line, *self._spans[index]})


def _is_python(file: str) -> bool:
    return file.endswith((".py", ".pyi"))


def _python_comments(text: str) -> Iterator[Comment]:
    lines = text.split("\n")
    found = [
        (token.start, token.string, not lines[token.start[0] - 1][: token.start[1]].strip())
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    ]
    alone = {line for (line, _), _, is_alone in found if is_alone}
    targets = _Targets(text, alone)
    for (line, column), string, is_alone in found:
        yield Comment(string, line, column + 1, targets.after(line) if is_alone else line)


def _plain_comments(text: str) -> Iterator[Comment]:
    lines = text.split("\n")
    found = [(number, match) for number, line in enumerate(lines, 1) if (match := _ANY_COMMENT.search(line))]
    alone = {number for number, match in found if not match.string[: match.start()].strip()}
    targets = _Targets(text, alone)
    for number, match in found:
        target = targets.after(number) if number in alone else number
        yield Comment(match[0], number, match.start() + 1, target)


class _Targets:
    """Finds the line that a comment on a line of its own is about."""

    def __init__(self, text: str, alone: set[int]) -> None:
        code = enumerate(text.split("\n"), 1)
        self._code = [number for number, line in code if line.strip() and number not in alone]

    def after(self, line: int) -> int:
        index = bisect_right(self._code, line)
        return self._code[index] if index < len(self._code) else line


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of every simple statement, and of the head of every compound one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ruff speaks of them
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            start, end = _first(node), _end(node)
            while end > start and lines[end - 1].lstrip()[:1] in {"", "#"}:
                end -= 1
            yield start, end


def _first(node: ast.stmt | ast.match_case) -> int:
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _end(node: ast.stmt) -> int:
    body: list[ast.stmt | ast.match_case] = getattr(node, "body", []) or getattr(node, "cases", [])
    if body:
        return max(node.lineno, _first(body[0]) - 1)
    return node.end_lineno or node.lineno
