"""The calls by which code asks for something, and how to tell them."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Final

from airside.inspection.contract.asks import Ask, Guard, Pull
from airside.inspection.contract.config_files import config_file
from airside.inspection.contract.scope import Scope
from airside.inspection.contract.values import Bound, Choice, Dotted, Instance, Live, Value, full_name, items, texts
from airside.release.description import Certainty, NeedKind

CONNECTION_ARGUMENT: Final = re.compile(r"(^|_)conn_id$")

_VARIABLE: Final = re.compile(r"airflow\..*\bVariable\.get(_variable_from_secrets)?$")
_CONNECTION: Final = re.compile(r"airflow\..*\b(Connection\.(get|get_connection_from_secrets)|\w+\.a?get_connection)$")
_CONFIG: Final = re.compile(r"airside\.(\w+\.)*config\.(\w+\.)*get$")
_ASSET: Final = re.compile(r"airflow\.(\w+\.)*Asset$")
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
        default = _keyword(call, "default") is not None
        yield from _asked("config", _argument(call, "name"), scope, guard, optional=default)
    elif _CREDENTIALS.search(name):
        yield from _asked("connection", _argument(call, "name"), scope, guard)
    elif _ASSET.search(name):
        for node in {_argument(call, "name"), _keyword(call, "uri")}:
            yield from _asked("asset", node, scope, guard, optional=True)
    elif name in {"os.getenv", "os.environ.get"} or _of_environ(call.func, "get", scope):
        yield from _asked("environment-variable", _argument(call, "key"), scope, guard, optional=True)
    elif (path := config_file(call, called, scope)) is not None:
        yield Ask("config", path, scope.source.place(call), "exact", guard.catches("FileNotFoundError", "OSError"))
    else:
        yield from _connections(call, called, scope, guard)


def environment_ask(node: ast.Subscript, scope: Scope, guard: Guard) -> Iterator[Ask]:
    """Yield the environment variable of ``os.environ["X"]``."""
    if is_environ(node.value, scope):
        set_here = not isinstance(node.ctx, ast.Load)
        yield from _asked("environment-variable", node.slice, scope, guard, optional=set_here)


def pulls_of(call: ast.Call, scope: Scope, guard: Guard) -> Iterator[Pull]:
    """Yield the tasks of ``ti.xcom_pull(task_ids=…)``, those of other workflows left out."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "xcom_pull") or guard.chooses_tasks:
        return
    other = _keyword(call, "dag_id")
    node = _argument(call, "task_ids")
    if node is None or (other is not None and not _is_none(other)):
        return
    value = scope.evaluate(node)
    found = items(value)
    if found:
        prior = _keyword(call, "include_prior_dates")
        certainty: Certainty = "likely" if isinstance(value, Choice) or guard.conditional else "exact"
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
    if not isinstance(called, Bound) or called.function.__name__ not in {"get_connection", "aget_connection"}:
        return False
    owner = called.owner.value if isinstance(called.owner, Live) else getattr(called.owner, "of", None)
    return _is_hook(owner if isinstance(owner, type) else type(owner))


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
        yield from _asked("connection", call.args[0], scope, guard, sure=_class(called) is not None)
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
    return default if isinstance(default, str) and not _finds_its_own(hook) else None


def _finds_its_own(hook: type) -> bool:
    """Say whether a hook leaves no room for the connection that a class above it has as a default."""
    order = [set(vars(cls)) for cls in hook.__mro__]
    made = next((index for index, names in enumerate(order) if "__init__" in names), len(order))
    named = next((index for index, names in enumerate(order) if "default_conn_name" in names), 0)
    passes_on = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in _parameters(hook))
    return made < named and not passes_on


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
    hook = _class(called)
    parameters = _parameters(hook) if hook is not None else []
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
        return _is_hook(called.value)
    if called is None or isinstance(called, Bound | Instance | Choice):
        return False
    return isinstance(call.func, ast.Name | ast.Attribute) and called.name.endswith("Hook")


def _is_hook(cls: object) -> bool:
    return isinstance(cls, type) and any(base.__name__ == "BaseHook" for base in cls.__mro__)


def _of_airflow(called: Value) -> bool:
    return full_name(called).startswith("airflow.")


def _of_environ(node: ast.expr, method: str, scope: Scope) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == method and is_environ(node.value, scope)


def is_environ(node: ast.expr, scope: Scope) -> bool:
    """Say whether this is `os.environ`."""
    value = scope.evaluate(node)
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
