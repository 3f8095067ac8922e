"""What a workspace adds to rendered files: its overlays, merged in."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import replace
from io import StringIO
from pathlib import PurePosixPath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.render.rendered import RenderedFile

_YAML = frozenset({".yaml", ".yml"})
_VARIABLES = ".env"


def with_overlays(files: Iterable[RenderedFile], overlays: Mapping[str, str], folder: str) -> tuple[RenderedFile, ...]:
    """Return `files`, each with its overlay merged in.

    YAML is merged key by key: tables are merged, what is no table is replaced, null removes a key; of several documents
    those of the same kind and name. Files of variables are merged name by name. Anything else gets the overlay at its
    end.

    Args:
        files: As they were rendered.
        overlays: The text of each overlay, by the path of the file that it is for.
        folder: Where the overlays lie, for messages.

    Raises:
        UsageError: An overlay is for no file, or is not YAML where the file is.
    """
    files = tuple(files)
    paths = [file.path for file in files]
    for path in overlays:
        if path not in paths:
            raise UsageError(
                f"{folder}/{path} is an overlay for no file that is rendered{suggestion(path, paths)}",
                hint=f"Files that can have one: {', '.join(sorted(paths))}",
            )
    return tuple(
        replace(file, text=_merged(file, overlays[file.path], f"{folder}/{file.path}"))
        if file.path in overlays
        else file
        for file in files
    )


def _merged(file: RenderedFile, overlay: str, name: str) -> str:
    path = PurePosixPath(file.path)
    if path.suffix in _YAML:
        return _merged_yaml(file.text, overlay, name)
    if _VARIABLES in (path.suffix, path.name):
        return _merged_variables(file.text, overlay)
    return f"{file.text}\n{overlay.rstrip()}\n"


def _merged_yaml(text: str, overlay: str, name: str) -> str:
    yaml = YAML()  # keeps the comments of what was rendered
    yaml.width = 10_000
    yaml.preserve_quotes = True
    documents, above = list(yaml.load_all(text)), _tables(overlay, name)
    if len(documents) > 1:
        _merge_objects(documents, above, name)
    elif len(above) > 1:
        raise UsageError(f"{name} has several documents, and what it is for has one", hint="Write them as one.")
    else:
        for table in above:
            _merge(documents[0], table)
    out = StringIO()
    yaml.dump_all(documents, out)
    return out.getvalue()


def _tables(overlay: str, name: str) -> list[Mapping[str, Any]]:
    try:
        found = [each for each in YAML(typ="safe").load_all(overlay) if each is not None]
    except YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or "it cannot be read"
        where = f"{name}:{mark.line + 1}" if mark else name
        raise UsageError(f"{where} is not valid YAML: {problem}", hint=f"Correct {name}") from error
    if not all(isinstance(each, Mapping) for each in found):
        raise UsageError(
            f"{name} is no table of YAML", hint="Write the keys that are to be others, as the file has them"
        )
    return found


def _merge_objects(documents: list[Any], above: Iterable[Mapping[str, Any]], name: str) -> None:
    """Merge each object of Kubernetes into the one of its kind and name; add those that are not there."""
    known = {_object(document): document for document in documents}
    for table in above:
        if (key := _object(table)) is None:
            raise UsageError(
                f"{name}: a document without kind and metadata.name", hint="They say which object it is merged into."
            )
        if key in known:
            _merge(known[key], table)
        else:
            documents.append(table)


def _object(document: Any) -> tuple[str, str] | None:  # noqa: ANN401 - whatever the YAML holds
    metadata = document.get("metadata") if isinstance(document, Mapping) else None
    if not isinstance(metadata, Mapping) or not document.get("kind") or not metadata.get("name"):
        return None
    return str(document["kind"]), str(metadata["name"])


def _merge(below: MutableMapping[str, Any], above: Mapping[str, Any]) -> None:
    for key, value in above.items():
        if value is None:
            below.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(below.get(key), MutableMapping):
            _merge(below[key], value)
        else:
            below[key] = value


def _merged_variables(text: str, overlay: str) -> str:
    above = dict(filter(None, map(_variable, overlay.splitlines())))
    kept = [line for line in text.splitlines() if (found := _variable(line)) is None or found[0] not in above]
    return "\n".join([*kept, *(f"{name}={value}" for name, value in above.items())]) + "\n"


def _variable(line: str) -> tuple[str, str] | None:
    name, equals, value = line.strip().partition("=")
    return (name, value) if equals and not name.startswith("#") else None
