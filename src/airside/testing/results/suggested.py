"""The lines that a test lacks: how to give what a workflow asked for."""

import json
from typing import Final, Literal

from airside.testing.outcome import Need, NeedKind

Form = Literal["python", "yaml"]
"""Of a test: a function for pytest, or a file of cases."""

_PARTS: Final[dict[NeedKind, str]] = {"connection": "connections", "variable": "variables", "config": "config"}

_STANDINS: Final = {
    "postgres": "postgres", "pg": "postgres", "dwh": "postgres", "warehouse": "postgres", "sqlite": "sqlite",
    "duckdb": "duckdb", "aws": "s3", "s3": "s3", "lake": "s3", "http": "http", "api": "http", "smtp": "smtp",
    "mail": "smtp", "slack": "slack", "teams": "teams", "pagerduty": "pagerduty",
}  # fmt: skip
"""By what the id of a connection has in it, as Airflow's default ids do: the stand-in that will do for it."""


def lines_to_add(need: Need, form: Form = "python") -> tuple[str, ...]:
    """Return what gives `need`: for Python an argument of `dag_run` and its import, for YAML a line of `given`."""
    if form == "python" and need.kind == "connection":
        return f"from airside.testing import {_standin(need.name)}", _line(need, form)
    return (_line(need, form),)


def _line(need: Need, form: Form) -> str:
    part, name = _PARTS[need.kind], json.dumps(need.name, ensure_ascii=False)
    if form == "python":
        return f"{part}={{{name}: {_value(need)}}}"
    value = f"{{type: {_standin(need.name)}}}" if need.kind == "connection" else '"…"'
    return f"{part}: {{{name}: {value}}}"


def _value(need: Need) -> str:
    return f"{_standin(need.name)}()" if need.kind == "connection" else '"…"'


def _standin(name: str) -> str:
    parts = name.lower().replace("-", "_").split("_")
    return next((standin for word, standin in _STANDINS.items() if word in parts), "postgres")
