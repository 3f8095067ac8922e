"""Results of tasks that cannot be stored as an XCom."""

import ast
import inspect
import sys
import types
import typing
from functools import cache
from types import FunctionType
from typing import Final

import attr
from airflow.sdk import serde
from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.execution_time.xcom import XCom

from airside.inspection.contract.asks import Reading
from airside.inspection.contract.ledger import Ledger, Place
from airside.inspection.contract.objects import Anything, Task
from airside.inspection.contract.scope import Scope
from airside.inspection.contract.tasks import base_names, runs_elsewhere
from airside.inspection.contract.values import Instance, full_name

_PUSHING: Final = "PythonOperator"
_FIX: Final = "Return plain values, or give the class a serialize() and a deserialize(), or make it a dataclass."

_PLAIN: Final = (bool, int, float, str, dict, list, tuple, set, frozenset)
_LITERALS: Final = {ast.Lambda: "a function", ast.GeneratorExp: "a generator"}
_CALLS: Final = {"io.open": "an open file", "_io.open": "an open file", "builtins.open": "an open file"}


def check_result(
    task: Task, function: FunctionType, reading: Reading, values: dict[str, Anything], ledger: Ledger
) -> None:
    """Note a result of the task's function that `airflow.sdk.serde` (3.3.2) refuses."""
    if not _pushes(task, values) or not reading.functions:
        return
    first = reading.functions[0]
    for result in reading.results:
        what = _literal(result.node, result.scope)
        if what is not None:
            _refused(task, what, result.scope.source.place(result.node), ledger)
            return
    # Airflow itself goes through what a generator yields (airflow/sdk/execution_time/callback_runner.py 3.3.2).
    if isinstance(first, ast.Lambda) or reading.source is None or inspect.isgeneratorfunction(function):
        return
    if first.returns is not None and (what := _annotated(function)) is not None:
        _refused(task, what, reading.source.place(first.returns), ledger)


def _pushes(task: Task, values: dict[str, Anything]) -> bool:
    if XCom is not BaseXCom or runs_elsewhere(task):
        return False
    return _PUSHING in base_names(task) and values.get("do_xcom_push", True) is True


def _refused(task: Task, what: str, place: Place, ledger: Ledger) -> None:
    message = f"'{task.task_id}' returns {what}, which cannot be stored as an XCom"
    ledger.problem("unserializable-result", message, place, fix=_FIX)


def _literal(node: ast.expr, scope: Scope) -> str | None:
    """Return what in this expression can never be stored."""
    if type(node) in _LITERALS:
        return _LITERALS[type(node)]
    if isinstance(node, ast.Constant):
        return type(node.value).__name__ if isinstance(node.value, bytes | complex) else None
    if isinstance(node, ast.Call | ast.Name):
        called = _CALLS.get(full_name(scope.evaluate(node.func))) if isinstance(node, ast.Call) else None
        made = scope.evaluate(node)
        return called or (_name(made.of) if isinstance(made, Instance) and not storable(made.of) else None)
    inner = node.values if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.List | ast.Tuple) else []
    return next((found for part in inner if (found := _literal(part, scope)) is not None), None)


def _annotated(function: FunctionType) -> str | None:
    annotation = function.__annotations__.get("return")
    if isinstance(annotation, str):
        try:
            annotation = typing.get_type_hints(function).get("return")
        except (NameError, TypeError, AttributeError, SyntaxError):
            return None
    return _refused_type(annotation)


def _refused_type(annotation: Anything) -> str | None:
    """Return the name of a type whose objects can never be stored; None where some can."""
    origin: Anything = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is typing.Annotated:
        return _refused_type(arguments[0])
    if origin in {typing.Union, types.UnionType}:
        refused = [_refused_type(part) for part in arguments if part is not type(None)]
        return refused[0] if refused and None not in refused else None
    if origin in {list, set, tuple, frozenset, dict}:
        inner = arguments[1:] if origin is dict else arguments
        return next((found for part in inner if (found := _refused_type(part)) is not None), None)
    cls = origin if isinstance(origin, type) else annotation
    return _name(cls) if isinstance(cls, type) and not storable(cls) else None


@cache
def storable(cls: Anything) -> bool:
    """Say whether objects of this class, or of one that inherits from it, can be stored: `serde.serialize` (3.3.2)."""
    if cls in {object, type(None), typing.Any} or issubclass(
        cls, bool | int | float | str | dict | list | tuple | set | frozenset
    ):
        return True
    if inspect.isabstract(cls) or getattr(cls, "_is_protocol", False) or typing.get_origin(cls) is not None:
        return cls.__name__ not in {"Generator", "Iterator", "AsyncGenerator", "AsyncIterator"}
    names = {f"{base.__module__}.{base.__qualname__}" for base in cls.__mro__}
    if not names.isdisjoint(serde._serializers):  # noqa: SLF001 - the list of what it handles
        return True
    if hasattr(cls, "serialize") or hasattr(cls, "__dataclass_fields__") or attr.has(cls):
        return True
    if issubclass(cls, type) or cls.__module__.split(".")[0] in sys.stdlib_module_names:
        return False
    return any(storable(below) for below in cls.__subclasses__())


def _name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}" if cls.__module__ != "builtins" else cls.__qualname__
