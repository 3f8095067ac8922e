"""Where the text of a file defines workflows at its top level; nothing is run."""

import ast
from collections.abc import Iterator

_MAKERS = frozenset({"DAG", "workflow"})
_DECORATORS = frozenset({"dag", "workflow"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def definitions(content: bytes) -> tuple[int, ...]:
    """Return the lines of each ``DAG(...)``, and of each ``@dag`` whose function is called, at the top level.

    Airside's `workflow` is both.

    A function that makes workflows for others, and is not called in its own file, defines none. Text that is not
    Python defines none.
    """
    try:
        module = ast.parse(content)
    except (SyntaxError, ValueError):
        return ()
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    decorated = {node.name: node.decorator_list[0].lineno for node in functions if _has_dag(node)}
    called = [node for node in _top_level(module) if isinstance(node, ast.Call)]
    made = [call.lineno for call in called if _name(call.func) in _MAKERS]
    made += [
        decorated[call.func.id] for call in called if isinstance(call.func, ast.Name) and call.func.id in decorated
    ]
    return tuple(sorted(made))


def _top_level(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _SCOPES) or (isinstance(child, ast.If) and "__name__" in ast.unparse(child.test)):
            continue
        yield child
        yield from _top_level(child)


def _has_dag(function: ast.FunctionDef) -> bool:
    return any(_name(d.func if isinstance(d, ast.Call) else d) in _DECORATORS for d in function.decorator_list)


def _name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None
