"""With which texts a function is called: by its task, by a partial around it, by its own defaults."""

import functools
import inspect
from collections.abc import Callable, Mapping
from types import FunctionType, MethodType
from typing import Final

from airflow.sdk.definitions.context import KNOWN_CONTEXT_KEYS

from airside.inspection.contract.objects import Anything, Task
from airside.inspection.contract.tasks import expanded_arguments
from airside.inspection.contract.templates import is_template
from airside.inspection.contract.values import Live, Value

_MOST_WRAPPERS: Final = 16


def arguments_of_task(function: FunctionType, task: Task, values: Mapping[str, Anything]) -> dict[str, Value]:
    """Return what is known of the arguments with which `task` calls its function."""
    own, first, named = _bound(values.get("python_callable"))
    positional, keywords = values.get("op_args") or (), values.get("op_kwargs") or {}
    mapped = expanded_arguments(task) or {}
    if _is_known(task) and isinstance(positional, list | tuple) and isinstance(keywords, Mapping):
        given = {str(name): value for name, value in keywords.items() if name not in mapped}
        return _named(function, own, [*first, *positional], {**named, **given}, left={*mapped, *KNOWN_CONTEXT_KEYS})
    return _named(function, own, first, named, left=set(function.__code__.co_varnames))


def arguments_of_callback(callback: Callable[..., object], function: FunctionType) -> dict[str, Value]:
    """Return what is known of the arguments with which Airflow calls `callback`, the context aside."""
    own, first, named = _bound(callback)
    return _named(function, own, [*first, None], named, left=set())


def _bound(called: Anything) -> tuple[list[object], list[object], dict[str, object]]:
    """Return the object of a method, and what partials give it by position and by name."""
    positional: list[object] = []
    named: dict[str, object] = {}
    for _ in range(_MOST_WRAPPERS):
        if not isinstance(called, functools.partial):
            break
        positional, named = [*called.args, *positional], {**called.keywords, **named}
        called = called.func
    return [called.__self__] if isinstance(called, MethodType) else [], positional, named


def _named(
    function: FunctionType, own: list[object], positional: list[object], named: Mapping[str, object], *, left: set[str]
) -> dict[str, Value]:
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = {**dict(zip(names, [*own, *positional], strict=False)), **named}
    texts: dict[str, Value] = {name: Live(given[name]) for name in names if name in given and _is_text(given[name])}
    if own and names:
        texts[names[0]] = Live(own[0])
    for parameter in inspect.signature(function, follow_wrapped=False).parameters.values():
        if parameter.name not in given and parameter.name not in left and _is_text(parameter.default):
            texts[parameter.name] = Live(parameter.default)
    return texts


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not is_template(value)


def _is_known(task: Task) -> bool:
    """Say whether the arguments of the function are known by name, each expanded one among them."""
    if not task.is_mapped:
        return True
    inputs = [task.expand_input, getattr(task, "op_kwargs_expand_input", None)]
    values = [found.value for found in inputs if found is not None]
    return all(isinstance(value, Mapping) and value.keys().isdisjoint({"op_args", "op_kwargs"}) for value in values)
