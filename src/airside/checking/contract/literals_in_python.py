"""Secrets in the literals of Python code, found in its syntax tree; comments and docstrings are no literals."""

import ast
from collections.abc import Iterator

from airside.checking.contract.secret_values import has_password, is_secret

Literal = tuple[str, int, int]
"""What it is, its line, its column; both from 1."""


def python_literals(text: str) -> Iterator[Literal]:
    """Return the secrets that the code gives a name, and the URIs with a password; nothing where it is not Python."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    documentation = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and id(node) not in documentation:
            yield from _uri(node)
        for name, value in _named(node):
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and is_secret(name, value.value):
                yield f"The value of {name!r}", value.lineno, value.col_offset + 1


def _uri(node: ast.Constant) -> Iterator[Literal]:
    if isinstance(node.value, str) and has_password(node.value):
        yield "The password of a URI", node.lineno, node.col_offset + 1


def _named(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that the node gives to an expression: ``a = x``, ``f(a=x)``, ``{"a": x}``, ``def f(a=x)``."""
    if isinstance(node, ast.Assign):
        yield from ((name, node.value) for target in node.targets if (name := _name(target)))
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        if node.value is not None and (name := _name(node.target)):
            yield name, node.value
    elif isinstance(node, ast.keyword):
        if node.arg:
            yield node.arg, node.value
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        yield from ((name, value) for key, value in pairs if key is not None and (name := _text(key)))
    elif isinstance(node, ast.arguments):
        yield from _defaults(node)


def _defaults(node: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*node.posonlyargs, *node.args]
    pairs = [*zip(reversed(positional), reversed(node.defaults), strict=False)]
    pairs += [
        (argument, default) for argument, default in zip(node.kwonlyargs, node.kw_defaults, strict=True) if default
    ]
    yield from ((argument.arg, default) for argument, default in pairs)


def _name(target: ast.expr) -> str | None:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    return _text(target.slice) if isinstance(target, ast.Subscript) else None


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
