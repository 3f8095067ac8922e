"""Reading `airside.toml`, and saying what is wrong with it in its own words."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from airside.base.errors import WorkspaceError
from airside.base.suggestions import suggestion
from airside.workspace.alert_settings import WEB_ADDRESS
from airside.workspace.settings import OVERRIDDEN, Settings, toml_key

_EXPECTED = {
    "string_type": "expected text in quotes",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "tuple_type": 'expected a list, such as ["lib"]',
    "mapping_type": "expected a table",
    "dict_type": "expected a table",
    "model_type": "expected a table",
    "missing": "is missing",
    "too_short": "expected a list of one or more",
    "string_too_short": "expected some text",
    "bool_type": "expected true or false",
}

_BOUNDS = {
    "greater_than": "more than",
    "greater_than_equal": "at least",
    "less_than": "less than",
    "less_than_equal": "at most",
}

_SHOWN = 60


def read_settings(path: Path) -> Settings:
    """Return what the file `path` says.

    Raises:
        WorkspaceError: It cannot be read, is not TOML, or does not hold; the message has one line for each fault.
    """
    try:
        data = path.read_bytes()
    except IsADirectoryError as error:
        raise WorkspaceError(f"{path} is a folder", hint="It has to be a file; rename the folder.") from error
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}") from error
    return parse_settings(data, path)


def parse_settings(data: bytes, path: Path) -> Settings:
    """Return what `data`, the content of the file `path`, says.

    Raises:
        WorkspaceError: It is not TOML, or does not hold; the message has one line for each fault.
    """
    document = _document(data, path)
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        raise _refusal([_fault(entry) for entry in error.errors(include_url=False)], path) from error
    if faults := list(_faults_of_overrides(settings)):
        raise _refusal(faults, path)
    return settings


def _refusal(faults: Sequence[str], path: Path) -> WorkspaceError:
    return WorkspaceError("\n".join(f"{path.name}: {fault}" for fault in faults), hint=f"Correct {path}")


def _faults_of_overrides(settings: Settings) -> Iterator[str]:
    for name in settings.environments:
        for section in OVERRIDDEN:
            try:
                settings.overridden(name, section)
            except ValidationError as error:
                for entry in error.errors(include_url=False):
                    entry["loc"] = (section, *entry["loc"])
                    yield f"environments.{toml_key(name)}.{_fault(entry)}"


def _document(data: bytes, path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise WorkspaceError(f"{path.name}: line {line} is not UTF-8", hint=f"Save {path} as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        # The message ends in "(at line 3, column 7)".
        raise WorkspaceError(f"{path.name}: not valid TOML: {error}", hint=f"Correct {path}") from error


def _fault(entry: ErrorDetails) -> str:
    where = _key_path(entry["loc"])
    if entry["type"] == "extra_forbidden":
        return f"{where}: unknown key ({_known_keys(entry['loc'])})"
    if entry["type"] == "value_error":
        return f"{where}: {entry['ctx']['error']}"
    expected = _expected(entry)
    if entry["type"] == "missing":
        return f"{where}: {expected}"
    return f"{where}: {expected}, found {_shown(entry['input'])}"


def _expected(entry: ErrorDetails) -> str:
    if entry["type"] == "literal_error":
        return f"expected {entry['ctx']['expected']}"
    if entry["type"] in _BOUNDS:
        return f"expected {_BOUNDS[entry['type']]} {next(iter(entry['ctx'].values()))}"
    if entry["type"] == "string_pattern_mismatch" and entry["ctx"]["pattern"] == WEB_ADDRESS:
        return "expected an address, such as https://airflow.example.com"
    return _EXPECTED.get(entry["type"], entry["msg"])


def _key_path(location: Sequence[int | str]) -> str:
    # pydantic adds the branch of a union to the path; the only union is `... | None`, whose branches are not keys.
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def _known_keys(location: Sequence[int | str]) -> str:
    known = list(_fields(_section(location[:-1])))
    if not known:
        return "this table has no keys"
    return f"known: {', '.join(known)}{suggestion(str(location[-1]), known)}"


def _section(location: Sequence[int | str]) -> type[BaseModel]:
    model: type[BaseModel] = Settings
    for part in location:
        annotation = _fields(model).get(str(part), model.__annotations__.get("__pydantic_extra__"))
        candidates = [annotation, *get_args(annotation)]
        model = next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), model)
    return model


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """Return the types of the fields, by the names that the file has for them."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
