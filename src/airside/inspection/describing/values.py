"""Values of a workflow as text that is the same in every process."""

import datetime as dt
import enum
import functools
import re
import types
from collections.abc import Iterator, Mapping
from typing import Final

from airside.inspection.contract.objects import Anything

_DAG_FILE: Final = re.compile(r"^unusual_prefix_[0-9a-f]{40}_")
"""`get_unique_dag_module_name` in airflow/dag_processing/importers/python_importer.py 3.3.2."""

_DEEPEST: Final = 8
_SIMPLE: Final = frozenset({bool, int, float, str, bytes})


def module_name(name: str | None) -> str:
    """Return the name of a module; that of a DAG file without the digest of the place where the file lies."""
    return _DAG_FILE.sub("", name or "")


def duration(value: Anything) -> str | None:
    """Return ``0:05:00``: hours, minutes, seconds; None for what is no time span."""
    if not isinstance(value, dt.timedelta):
        return None
    seconds = value.total_seconds()
    sign, whole = "-" if seconds < 0 else "", abs(int(seconds))
    fraction = f"{abs(seconds) % 1:.6f}".rstrip("0").lstrip("0") if seconds % 1 else ""
    return f"{sign}{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}{fraction}"


def moment(value: dt.datetime | None) -> str | None:
    """Return ISO 8601, in UTC."""
    if value is None:
        return None
    if value.tzinfo is None:
        value = value.replace(tzinfo=dt.UTC)
    return value.astimezone(dt.UTC).isoformat()


def stable(value: Anything, depth: int = 0) -> str:
    """Return a text that changes when the value does: without memory addresses, and sets in order."""
    if value is None or type(value) in _SIMPLE:
        return repr(value)
    if depth > _DEEPEST:
        return _class(value)
    if isinstance(value, Mapping):
        parts = sorted(f"{stable(key, depth + 1)}: {stable(item, depth + 1)}" for key, item in value.items())
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(stable(item, depth + 1) for item in value)}]"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(stable(item, depth + 1) for item in value))}}}"
    return _object(value, depth)


def jsonable(value: Anything) -> Anything:
    """Return what JSON has for this value; what it has nothing for becomes a text that stays the same."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    return value if value is None or type(value) in {bool, int, float, str} else stable(value)


def _object(value: Anything, depth: int) -> str:  # noqa: PLR0911 - a table: one line for each kind of value
    if isinstance(value, dt.timedelta):
        return str(duration(value))
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return f"{_class(value)}.{value.name}"
    if isinstance(value, functools.partial):
        return f"partial{stable([value.func, value.args, value.keywords], depth + 1)}"
    if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return f"{module_name(value.__module__)}.{value.__qualname__}"
    if isinstance(value, types.ModuleType):
        return module_name(value.__name__)
    if hasattr(value, "task_id"):
        return f"{_class(value)}({value.task_id!r})"
    parts = sorted(f"{name}={stable(item, depth + 1)}" for name, item in _state(value))
    return f"{_class(value)}({', '.join(parts)})"


def _state(value: Anything) -> Iterator[tuple[str, Anything]]:
    slots = [slot for cls in type(value).__mro__ for slot in _slots(cls)]
    # A class with slots has a dictionary too where one that it inherits from has no slots.
    for name in dict.fromkeys([*getattr(value, "__dict__", ()), *slots]):
        # What is worked out from the rest, or leads back to the workflow.
        if isinstance(name, str) and not name.startswith("_") and name not in {"dag", "task_group", "log"}:
            yield name, getattr(value, name, None)


def _slots(cls: type) -> tuple[str, ...]:
    slots = vars(cls).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _class(value: Anything) -> str:
    return f"{module_name(type(value).__module__)}.{type(value).__qualname__}"
