"""What came, as values that YAML can spell."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Final

_TABLES: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "pandas": ("to_dict", {"orient": "records"}),
    "polars": ("to_dicts", {}),
    "pyarrow": ("to_pylist", {}),
}
"""How data frames give their rows, by the package that they are of."""
_SERIALIZED: Final = {"__classname__", "__version__", "__data__"}
"""The keys of an object whose class no task may read (airflow/sdk/serde/__init__.py 3.3.2).

The name of a class in a DAG file has a hash of the file's path, which is another one on each machine.
"""


def plain(value: Any) -> Any:
    """Return `value` with mappings as dicts, all that is in a row as lists, and models as dicts.

    What YAML has no word for, such as a date, stays; `airside.testing.expecting.equality` compares it.
    """
    if value is None or isinstance(value, (str, bytes, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return _of_mapping(value)
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return _sorted([plain(inner) for inner in value])
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return _of_a_library(value)


def _of_mapping(value: Mapping[Any, Any]) -> Any:
    if value.keys() == _SERIALIZED:
        return plain(value["__data__"])
    return {key if isinstance(key, str) else str(key): plain(inner) for key, inner in value.items()}


def _sorted(values: list[Any]) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=repr)


def _of_a_library(value: Any) -> Any:
    package = type(value).__module__.partition(".")[0]
    if package in _TABLES:
        name, arguments = _TABLES[package]
        rows = getattr(value, name, None)
        return plain(rows(**arguments)) if rows is not None and hasattr(value, "columns") else _listed(value)
    if hasattr(type(value), "model_fields") and hasattr(value, "model_dump"):
        return plain(value.model_dump())
    return plain(value.tolist()) if package == "numpy" else value


def _listed(value: Any) -> Any:
    """Return a column of a data frame as a list; anything else of its package as it is."""
    listed = getattr(value, "to_list", None) or getattr(value, "to_pylist", None)
    found = listed() if listed is not None else value
    return [plain(inner) for inner in found] if isinstance(found, Iterable) and not isinstance(found, str) else found
