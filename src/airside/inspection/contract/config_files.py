"""Configs that code opens itself, by the path of the file."""

import ast
from pathlib import PurePath
from typing import Final

from airside.inspection.contract.scope import Scope
from airside.inspection.contract.values import Live, Value, full_name

_FOLDER: Final = "configs"
_SUFFIXES: Final = (".yaml", ".yml")
_METHODS: Final = ("open", "read_text", "read_bytes")
_FUNCTIONS: Final = ("open", "io.open", "builtins.open")


def config_file(call: ast.Call, called: Value, scope: Scope) -> str | None:
    """Return the path in the tree of the config that this call opens for reading; None where it opens none."""
    node = _opened(call, called)
    value = scope.evaluate(node) if node is not None else None
    if not isinstance(value, Live) or not isinstance(value.value, str | PurePath):
        return None
    # The root, as this very file knows it: a path that code makes of `__file__` begins so too.
    root = scope.source.filename.removesuffix(scope.source.path)
    path = PurePath(str(value.value).removeprefix(root))
    return path.as_posix() if path.parts[:1] == (_FOLDER,) and path.suffix in _SUFFIXES else None


def _opened(call: ast.Call, called: Value) -> ast.expr | None:
    if isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
        return call.func.value
    return call.args[0] if call.args and full_name(called) in _FUNCTIONS else None
