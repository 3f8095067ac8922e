"""JSON and YAML: Helm values, astro's settings, Airflow's exports, and a document of secrets that is not encrypted."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

from airside.base.errors import FindingsError, UsageError
from airside.secrets.document import document_faults
from airside.secrets.importing.ambiguous import refuse_ambiguous
from airside.secrets.importing.dotenv import read_dotenv
from airside.secrets.importing.found import Found, connection
from airside.secrets.markup import load_markup

Kind = Literal["connections", "variables"]
_LAYOUTS = "What can be imported: airside secrets import --help"


def read_file(text: str, *, what: str, kind: Kind | None = None) -> Found:
    """Return the connections and variables that `text`, the file `what`, holds.

    Args:
        text: In any of the known layouts.
        what: The name of the file, for messages.
        kind: What it holds, where that cannot be told: a mapping of names to URIs may be either.

    Raises:
        FindingsError: It is in no known layout, or an entry of it cannot be read, by name.
        UsageError: It may hold connections, variables or something else, and `kind` does not say.
    """
    try:
        found = _found(text, what, kind)
        faults = list(document_faults({"connections": found.connections, "variables": found.variables}))
    except FindingsError as error:
        raise FindingsError(f"{what}: {error.message}", hint=_LAYOUTS) from None
    if faults:
        raise FindingsError("\n".join(f"{what}: {fault}" for fault in faults), hint="Correct it in that file.")
    if not found.connections and not found.variables:
        raise FindingsError(f"{what}: holds no connection and no variable ({found.layout})", hint=_LAYOUTS)
    return found


def _found(text: str, what: str, kind: Kind | None) -> Found:
    if not text.strip():
        raise FindingsError("is empty")
    try:
        document = load_markup(text.encode(), what="it")
    except FindingsError:  # lines of `NAME=value` are no mapping
        if (found := read_dotenv(text)) is None:
            raise
        return found
    if not (is_json := text.lstrip().startswith("{")):
        refuse_ambiguous(text)
    if kind is None and (told := _told(document)) is not None:
        return told
    if (kind or _guessed(document, what, is_json=is_json)) == "connections":
        return Found("airflow connections export", {key: connection(key, value) for key, value in document.items()})
    return Found(
        "airflow variables export", variables={key: _exported_variable(value) for key, value in document.items()}
    )


def _told(document: Mapping[str, Any]) -> Found | None:
    # The layouts that say themselves what they hold.
    if isinstance(airflow := document.get("airflow"), Mapping):
        return _airflow(airflow, "airflow.", tuple(str(key) for key in document if key != "airflow"))
    if document.keys() & {"connections", "variables"}:
        return _airflow({key: value for key, value in document.items() if key != "sops"})
    return None


def _guessed(document: Mapping[str, Any], what: str, *, is_json: bool) -> Kind:
    values = list(document.values())
    if all(isinstance(value, Mapping) and "conn_type" in value for value in values):
        return "connections"
    if any(isinstance(value, str) and "://" in value for value in values):
        raise UsageError(
            f"{what} may hold connections or variables", hint="Say which: --kind connections, or --kind variables"
        )
    if not is_json:
        raise UsageError(
            f"{what} does not say that it holds variables of Airflow",
            hint="If each of its keys is one: --kind variables",
        )
    return "variables"


def _exported_variable(value: object) -> object:
    # airflow/cli/commands/variable_command.py 3.3.2: with a description a variable is exported as a mapping of both.
    if isinstance(value, Mapping) and "value" in value and value.keys() <= {"value", "description"}:
        return value["value"]
    return value


def _airflow(airflow: Mapping[str, Any], prefix: str = "", beside: tuple[str, ...] = ()) -> Found:
    connections, variables = airflow.get("connections") or {}, airflow.get("variables") or {}
    is_astro = _first_has(connections, "conn_id") or _first_has(variables, "variable_name")
    is_helm = prefix or isinstance(connections, list)
    layout = "airflow_settings.yaml of astro" if is_astro else "Helm values" if is_helm else "a document of secrets"
    known = ("connections", "variables")
    left = (*beside, *(f"{prefix}{key}" for key, value in airflow.items() if key not in known and _is_filled(value)))
    values = _variables(variables)
    empty = tuple(f"variables.{key} (it is null)" for key, value in values.items() if value is None)
    filled = {key: value for key, value in values.items() if value is not None}
    return Found(layout, _connections(connections), filled, (*left, *empty))


def _is_filled(value: object) -> bool:
    return (
        any(map(_is_filled, value.values() if isinstance(value, Mapping) else value))
        if isinstance(value, Mapping | list)
        else value not in (None, "")
    )


def _first_has(entries: object, key: str) -> bool:
    return isinstance(entries, list) and bool(entries) and isinstance(entries[0], Mapping) and key in entries[0]


def _connections(entries: object) -> dict[str, Any]:
    if isinstance(entries, Mapping):
        return {str(name): connection(str(name), value) for name, value in entries.items()}
    return _by_name(entries, ("id", "conn_id", "connection_id"), "connections", connection)


def _variables(entries: object) -> dict[str, Any]:
    if isinstance(entries, str):
        try:
            entries = json.loads(entries)
        except ValueError:
            raise FindingsError("airflow.variables: is not valid JSON") from None
    if isinstance(entries, Mapping):
        return {str(key): value for key, value in entries.items()}

    def value_of(_name: str, entry: Mapping[str, Any]) -> object:
        return next((entry[key] for key in ("variable_value", "value") if key in entry), None)

    return _by_name(entries, ("variable_name", "key"), "variables", value_of)


def _by_name(
    entries: object, keys: tuple[str, ...], section: str, read: Callable[[str, Mapping[str, Any]], Any]
) -> dict[str, Any]:
    if not isinstance(entries, list):
        raise FindingsError(f"airflow.{section}: expected a list")
    found: dict[str, Any] = {}
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            raise FindingsError(f"airflow.{section}: entry {number} is no mapping")
        name = next((str(entry[key]) for key in keys if entry.get(key)), None)
        if name is None and not _is_filled(entry):
            continue  # astro's template has an empty one
        if name is None:
            raise FindingsError(f"airflow.{section}: entry {number} has no name")
        if name in found:
            raise FindingsError(f"airflow.{section}: {name} is there twice")
        found[name] = read(name, entry)
    return found
