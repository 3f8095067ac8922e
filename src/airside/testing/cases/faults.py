"""From what pydantic finds to sentences with a line."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from airside.base.suggestions import suggestion
from airside.config.nodes import Node
from airside.config.yaml_files import Fault
from airside.testing.expecting.side_by_side import shown

_EXPECTED: Final = {
    "string_type": "expected a text, in quotes where it looks like something else",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "int_parsing": "expected a whole number",
    "bool_type": "expected true or false",
    "tuple_type": "expected a list",
    "list_type": "expected a list",
    "mapping_type": "expected a mapping",
    "dict_type": "expected a mapping",
    "model_type": "expected a mapping",
    "string_too_short": "expected some text",
}
_LONGEST: Final = 60

Location = Sequence[int | str]


def faults_of(error: ValidationError, model: type[BaseModel], node: Node, path: str = "") -> Iterator[Fault]:
    """Yield each finding of pydantic, with the line of what it is about.

    Args:
        error: The findings.
        model: What `node` should be.
        node: What the file holds.
        path: The key path of `node` in its file.
    """
    for entry in error.errors(include_url=False):
        keys, at = _place(entry["loc"], node)
        where = "".join(f"[{key}]" if key.isdecimal() else f".{key}" for key in keys)
        name = f"{path}{where}".removeprefix(".")
        words = _words(entry, model)
        yield Fault(at.file, at.line, f"{name}: {words}" if name else words)


def _place(location: Location, node: Node) -> tuple[list[str], Node]:
    """Return the keys that lead to what a finding is about, and that. pydantic's path has names of its own in it."""
    keys: list[str] = []
    for part in location:
        child = node.child(str(part))
        if child is not None:
            keys.append(str(part))
            node = child
    return keys, node


def _words(entry: ErrorDetails, model: type[BaseModel]) -> str:
    if entry["type"] == "extra_forbidden":
        known = sorted(_keys(_model_at(model, entry["loc"][:-1])))
        return f"unknown key{suggestion(str(entry['loc'][-1]), known)} (known: {', '.join(known)})"
    if entry["type"] == "missing":
        return f"the key {entry['loc'][-1]!r} is missing"
    if entry["type"] == "value_error":
        return str(entry["ctx"]["error"])
    if entry["type"] == "literal_error":
        return f"expected {entry['ctx']['expected']}, found {shown(entry['input'], _LONGEST)}"
    return f"{_EXPECTED.get(entry['type'], entry['msg'])}, found {shown(entry['input'], _LONGEST)}"


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[BaseModel], location: Location) -> type[BaseModel]:
    """Return the innermost model on the way that `location` goes."""
    annotation: Any = model
    for part in location:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
            fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
            annotation = fields.get(str(part), model)  # the key of a mapping is no field
        annotation = _model_in(annotation) or annotation
    found = _model_in(annotation)
    return found or model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation is about: of a list, a mapping, an optional value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(inner) for inner in get_args(annotation))
    return next((model for model in found if model is not None), None)
