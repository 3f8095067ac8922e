"""What code asks about before it goes on: tasks that may not be there, environment variables that may not be set."""

import ast
import operator
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from airside.inspection.contract.asks import Ask, Guard, Reading
from airside.inspection.contract.calls import is_environ
from airside.inspection.contract.scope import Scope
from airside.inspection.contract.values import Live, Value, texts

_ABOUT_TASKS: Final = frozenset({"has_task", "task_dict", "task_ids", "upstream_list", "upstream_task_ids"})
"""Attributes of workflows and tasks by which code learns which tasks there are."""

_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def behind(tests: Iterable[ast.expr], guard: Guard) -> Guard:
    """Return the guard of what is reached only if these tests hold, or do not hold."""
    for test in tests:
        chooses = any(isinstance(node, ast.Attribute) and node.attr in _ABOUT_TASKS for node in ast.walk(test))
        guard = replace(guard, conditional=True, chooses_tasks=guard.chooses_tasks or chooses)
    return guard


def environment_test(node: ast.Compare, scope: Scope) -> Iterator[Ask]:
    """Yield the environment variable of ``"X" in os.environ``."""
    match node:
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[right]) if is_environ(right, scope):
            for name in texts(scope.evaluate(left)) or ():
                yield Ask("environment-variable", name, scope.source.place(left), optional=True)


def without_tested(reading: Reading) -> Reading:
    """Return what is asked for; an environment variable that the code tests, or sets, it can do without."""
    tested = {ask.name for ask in reading.asks if ask.kind == "environment-variable" and ask.optional}
    reading.asks = [
        replace(ask, optional=True) if ask.kind == "environment-variable" and ask.name in tested else ask
        for ask in reading.asks
    ]
    return reading


def version_test(test: ast.expr, scope: Scope) -> Value:
    """Return how ``sys.version_info >= (3, 12)`` and the like come out in this Python; None for other tests."""
    match test:
        case ast.Compare(left=ast.Attribute(attr="version_info") as left, ops=[sign], comparators=[right]):
            compare, bound = _COMPARISONS.get(type(sign)), scope.evaluate(right)
            if compare and isinstance(bound, Live) and isinstance(bound.value, list):
                is_version = scope.evaluate(left) == Live(sys.version_info)
                return Live(compare(list(sys.version_info), bound.value)) if is_version else None
    return None
