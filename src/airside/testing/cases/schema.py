"""The JSON schema of a file of cases, for editors: made from the classes that read it."""

import json
import re
from importlib.resources import files
from typing import Any, Final

import msgspec

from airside.testing.cases.connections import TYPE, ConnectionFields
from airside.testing.cases.document import FilePart
from airside.testing.expecting.docstrings import describe_keys, named, summary
from airside.testing.standins import KINDS, constructors

SCHEMA_URL: Final = "https://airside.dev/docs/formats/functional-test.schema.json"
"""Where it is published."""

_TELLING: Final = (str, int, bool)
"""Types of defaults that an editor may show; `{}` says nothing."""


def schema() -> dict[str, Any]:
    """Return the schema, of draft 2020-12."""
    document = FilePart.model_json_schema()
    definitions = document.pop("$defs")
    definitions["GivenPart"]["properties"]["connections"]["additionalProperties"] = {"$ref": "#/$defs/Connection"}
    definitions |= _connection()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_URL,
        **_tidy(document),
        "$defs": {_name(name): _tidy(definition) for name, definition in sorted(definitions.items())},
    }


def schema_text() -> str:
    """Return the schema as it is published."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def published() -> str:
    """Return the schema that is in this package: what `schema_text` has returned when it was made."""
    return files(__package__ or "").joinpath("schema.json").read_text()


def _connection() -> dict[str, Any]:
    """Return the definition of a connection, and those of the stand-ins."""
    _, standins = msgspec.json.schema_components(list(KINDS.values()), ref_template="#/$defs/{name}")
    for definition in standins.values():
        words = named(definition["description"])
        definition["description"] = summary(definition["description"])
        describe_keys(definition, words)
    for kind, struct in KINDS.items():
        _make_standin(standins[struct.__name__], kind)
    text = {
        "type": "string",
        "anyOf": [{"enum": list(KINDS)}, {"pattern": "://"}],
        "description": "A stand-in without options, or the URI of a connection.",
    }
    names = [*(struct.__name__ for struct in KINDS.values()), "ConnectionFields"]
    choices = [text, *({"$ref": f"#/$defs/{name}"} for name in names)]
    return {**standins, "ConnectionFields": ConnectionFields.model_json_schema(), "Connection": {"anyOf": choices}}


def _make_standin(definition: dict[str, Any], kind: str) -> None:
    """Make of the schema of a struct that of a mapping with `type`, described as the function of Python is."""
    function = getattr(constructors, kind)
    # Some say that their options are those of another.
    words = named(function.__doc__)
    for other in ("postgres", "slack"):
        words = {**named(getattr(constructors, other).__doc__), **words}
    # `folder` is where the file is: a test does not say it.
    options = {name: option for name, option in definition["properties"].items() if name != "folder"}
    definition["description"] = summary(function.__doc__)
    definition["properties"] = {TYPE: {"const": kind, "description": "Which stand-in this is."}, **options}
    definition["required"] = [TYPE]
    describe_keys(definition, words)


def _tidy(part: Any) -> Any:
    """Return a part of the schema without what says nothing, and with the names of definitions as `_name` has them."""
    if isinstance(part, list):
        return [_tidy(inner) for inner in part]
    if isinstance(part, str):
        return _name(part) if part.startswith("#/$defs/") else part
    if not isinstance(part, dict):
        return part
    return {key: _tidy(value) for key, value in part.items() if not _says_nothing(key, value)}


def _says_nothing(key: str, value: Any) -> bool:
    # No key of a file is called so.
    return key == "title" or (key == "default" and not (value and isinstance(value, _TELLING)))


def _name(reference: str) -> str:
    """Return the name of a definition without the brackets that pydantic writes for a generic class."""
    return re.sub(r"_(\w+)_$", r"Of\1", reference)
