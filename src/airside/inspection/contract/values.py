"""What an expression is, as far as that can be told without running it."""

import inspect
from dataclasses import dataclass
from types import FunctionType, MethodType, ModuleType
from typing import Final, TypeAlias

from airside.inspection.contract.objects import Anything

_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Live:
    """An object that exists in this process: a constant, a module, a class, a function."""

    value: Anything


@dataclass(frozen=True, slots=True)
class Instance:
    """Some object of a class, not made yet."""

    of: type


@dataclass(frozen=True, slots=True)
class Bound:
    """A function as a method of something."""

    function: FunctionType
    owner: "Value"


@dataclass(frozen=True, slots=True)
class Dotted:
    """Something of a module that is not imported here, by its full name."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these."""

    values: tuple[Live, ...]


Value: TypeAlias = Live | Instance | Bound | Dotted | Choice | None
"""None is unknown."""


def texts(value: Value) -> tuple[str, ...] | None:
    """Return the text that this is, or those that it can be; None where that is unknown or no text."""
    found = [value] if isinstance(value, Live) else list(value.values) if isinstance(value, Choice) else []
    strings = tuple(live.value for live in found if isinstance(live.value, str))
    return strings if found and len(strings) == len(found) else None


def items(value: Value) -> tuple[str, ...] | None:
    """Return the texts that this is, or is a collection of; None where that is unknown."""
    if isinstance(value, Live) and isinstance(value.value, list | tuple | set | frozenset):
        strings = tuple(item for item in value.value if isinstance(item, str))
        return strings if len(strings) == len(value.value) else None
    return texts(value)


def full_name(value: Value) -> str:
    """Return the name under which the thing is defined, ``airflow.sdk.definitions.variable.Variable``; or nothing."""
    match value:
        case Dotted(name):
            return name
        case Bound(function, _):
            return f"{function.__module__}.{function.__qualname__}"
        case Live(ModuleType() as module):
            return module.__name__
        case Live(MethodType() as method):
            return f"{method.__module__}.{method.__qualname__}"
        case Live(thing) if isinstance(thing, type | FunctionType) or inspect.isbuiltin(thing):
            return f"{thing.__module__}.{thing.__qualname__}"
    return ""


def attribute(value: Value, name: str) -> Value:
    """Return an attribute; no code of the workspace is run for it."""
    match value:
        case Dotted(module):
            return Dotted(f"{module}.{name}")
        case Instance(cls):
            return _of_instance(inspect.getattr_static(cls, name, _MISSING), value)
        case Live(ModuleType() as module):
            return _of_module(module, name)
        case Live(type() as cls):
            return _of_class(cls, name)
        case Live(thing):
            own = getattr(thing, "__dict__", {}).get(name, _MISSING)
            found = own if own is not _MISSING else inspect.getattr_static(type(thing), name, _MISSING)
            return Live(found) if own is not _MISSING else _of_instance(found, value)
    return None


def _of_module(module: ModuleType, name: str) -> Value:
    found = vars(module).get(name, _MISSING)
    if found is _MISSING and module.__name__.split(".")[0] == "airflow":
        # Airflow's own modules load their names when they are asked for.
        try:
            found = getattr(module, name)
        except (AttributeError, ImportError):
            return Dotted(f"{module.__name__}.{name}")
    if isinstance(found, Dotted):
        return found
    return Dotted(f"{module.__name__}.{name}") if found is _MISSING else Live(found)


def _of_class(cls: type, name: str) -> Value:
    found = inspect.getattr_static(cls, name, _MISSING)
    if isinstance(found, classmethod):
        return Bound(found.__func__, Live(cls)) if isinstance(found.__func__, FunctionType) else None
    if isinstance(found, staticmethod):
        return Live(found.__func__)
    return None if found is _MISSING or inspect.isdatadescriptor(found) else Live(found)


def _of_instance(found: object, owner: Value) -> Value:
    if isinstance(found, staticmethod):
        return Live(found.__func__)
    function = found.__func__ if isinstance(found, classmethod) else found
    if isinstance(function, FunctionType):
        return Bound(function, owner)
    return None if found is _MISSING or hasattr(type(found), "__get__") else Live(found)
