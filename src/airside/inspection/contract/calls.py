"""The calls by which code asks for something, and how to tell them."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Final

from airside.inspection.contract.asks import Ask, Guard, Pull
from airside.inspection.contract.scope import Scope
from airside.inspection.contract.values import Bound, Choice, Dotted, Instance, Live, Value, full_name, items, texts
from airside.release.description import Certainty, NeedKind

CONNECTION_ARGUMENT: Final = re.compile(r"(^|_)conn_id$")

_VARIABLE: Final = re.compile(r"airflow\..*\bVariable\.get(_variable_from_secrets)?$")
_CONNECTION: Final = re.compile(r"airflow\..*\b(Connection\.(get|get_connection_from_secrets)|\w+\.a?get_connection)$")
_CONFIG: Final = re.compile(r"airside\.(\w+\.)*config\.(\w+\.)*get$")
_CREDENTIALS: Final = re.compile(r"airside\.(\w+\.)*credentials\.(\w+\.)*get$")

_ABSENT: Final = ("AirflowRuntimeError", "AirflowNotFoundException", "AirflowException", "KeyError", "LookupError")
"""What asking for a connection, a variable or an environment variable that is not there raises."""


def asks_of(call: ast.Call, called: Value, scope: Scope, guard: Guard) -> Iterator[Ask]:
    """Yield what this call asks for; `called` is what it calls."""
    name = full_name(called)
    if _VARIABLE.search(name):
        default = len(call.args) > 1 or _keyword(call, "default", "default_var") is not None
        yield from _asked("variable", _argument(call, "key"), scope, guard, optional=default)
    elif _is_connection(name, called):
        yield from _asked("connection", _argument(call, "conn_id"), scope, guard)
    elif _CONFIG.search(name):
        yield from _asked("config", _argument(call, "key"), scope, guard, optional=len(call.args) > 1)
    elif _CREDENTIALS.search(name):
        yield from _asked("connection", _argument(call, "name"), scope, guard)
    elif name in {"os.getenv", "os.environ.get"} or _of_environ(call.func, "get", scope):
        yield from _asked("environment-variable", _argument(call, "key"), scope, guard, optional=True)
    else:
        yield from _connections(call, called, scope, guard)


def environment_ask(node: ast.Subscript, scope: Scope, guard: Guard) -> Iterator[Ask]:
    """Yield the environment variable of ``os.environ["X"]``."""
    if isinstance(node.ctx, ast.Load) and _is_environ(scope.evaluate(node.value)):
        yield from _asked("environment-variable", node.slice, scope, guard)


def pulls_of(call: ast.Call, scope: Scope) -> Iterator[Pull]:
    """Yield the tasks of ``ti.xcom_pull(task_ids=…)``, those of other workflows left out."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "xcom_pull"):
        return
    other = _keyword(call, "dag_id")
    node = _argument(call, "task_ids")
    if node is None or (other is not None and not _is_none(other)):
        return
    value = scope.evaluate(node)
    found = items(value)
    if found:
        prior = _keyword(call, "include_prior_dates")
        certainty: Certainty = "likely" if isinstance(value, Choice) else "exact"
        yield Pull(found, scope.source.place(node), certainty, ordered=prior is None)


def _asked(  # noqa: PLR0913 - what is asked, where and how surely
    kind: NeedKind, node: ast.expr | None, scope: Scope, guard: Guard, *, optional: bool = False, sure: bool = True
) -> Iterator[Ask]:
    if node is None:
        return
    value = scope.evaluate(node)
    if isinstance(value, Live) and value.value is None:
        return
    place, optional = scope.source.place(node), optional or guard.catches(*_ABSENT)
    names = texts(value)
    if names is None:
        yield Ask(kind, ast.unparse(node), place, "dynamic", optional)
        return
    certainty: Certainty = "exact" if sure and not guard.conditional and len(names) == 1 else "likely"
    yield from (Ask(kind, name, place, certainty, optional) for name in dict.fromkeys(names) if name)


def _is_connection(name: str, called: Value) -> bool:
    if _CONNECTION.search(name):
        return True
    # Hooks of the workspace inherit it.
    return isinstance(called, Bound) and called.function.__name__ in {"get_connection", "aget_connection"}


def _connections(call: ast.Call, called: Value, scope: Scope, guard: Guard) -> Iterator[Ask]:
    hook = _hook(call, called)
    ours = isinstance(called, Bound) or (isinstance(called, Live) and inspect.isfunction(called.value))
    named = [
        keyword.value
        for keyword in call.keywords
        if keyword.arg and CONNECTION_ARGUMENT.search(keyword.arg) and not ours
    ]
    for node in named:
        yield from _asked("connection", node, scope, guard, sure=hook or _of_airflow(called))
    if hook and not named:
        yield from _hook_connection(call, called, scope, guard)


def _hook_connection(call: ast.Call, called: Value, scope: Scope, guard: Guard) -> Iterator[Ask]:
    """Yield the connection that a hook is made with: its first argument, or the default of its class."""
    if any(keyword.arg is None for keyword in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
        return
    first = _first_parameter(called)
    if call.args and (first is None or CONNECTION_ARGUMENT.search(first)):
        yield from _asked("connection", call.args[0], scope, guard)
        return
    hook = _class(called)
    default = default_connection(hook) if hook is not None else None
    if default is not None and not call.args:
        optional = guard.catches(*_ABSENT)
        yield Ask("connection", default, scope.source.place(call), "likely", optional)


def default_connection(hook: type) -> str | None:
    """Return the connection that a hook takes when it is told none."""
    for parameter in _parameters(hook):
        if CONNECTION_ARGUMENT.search(parameter.name) and isinstance(parameter.default, str):
            return parameter.default
    default = inspect.getattr_static(hook, "default_conn_name", None)
    return default if isinstance(default, str) else None


def _class(called: Value) -> type | None:
    """Return the class that is called; one of a provider is imported for that."""
    if isinstance(called, Dotted) and called.name.startswith("airflow.providers."):
        module, _, name = called.name.rpartition(".")
        try:
            found = getattr(importlib.import_module(module), name, None)
        except ImportError:
            return None
    else:
        found = called.value if isinstance(called, Live) else None
    return found if isinstance(found, type) else None


def _first_parameter(called: Value) -> str | None:
    parameters = _parameters(called.value) if isinstance(called, Live) else []
    if not parameters or parameters[0].kind is inspect.Parameter.VAR_POSITIONAL:
        return None
    return parameters[0].name


def _parameters(cls: type) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(cls).parameters.values())
    except (TypeError, ValueError):
        return []


def _hook(call: ast.Call, called: Value) -> bool:
    if isinstance(called, Live):
        return isinstance(called.value, type) and any(base.__name__ == "BaseHook" for base in called.value.__mro__)
    if called is None or isinstance(called, Bound | Instance | Choice):
        return False
    return isinstance(call.func, ast.Name | ast.Attribute) and called.name.endswith("Hook")


def _of_airflow(called: Value) -> bool:
    return full_name(called).startswith("airflow.")


def _of_environ(node: ast.expr, method: str, scope: Scope) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == method and _is_environ(scope.evaluate(node.value))


def _is_environ(value: Value) -> bool:
    return full_name(value) == "os.environ" or (isinstance(value, Live) and type(value.value).__name__ == "_Environ")


def _argument(call: ast.Call, name: str) -> ast.expr | None:
    """Return the argument with this name, or else the first one."""
    found = _keyword(call, name)
    if found is None and call.args and not isinstance(call.args[0], ast.Starred):
        return call.args[0]
    return found


def _keyword(call: ast.Call, *names: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg in names), None)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
