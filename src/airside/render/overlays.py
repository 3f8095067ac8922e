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

    YAML is merged key by key: tables are merged, what is no table is replaced, null removes a key. Files of variables
    are merged name by name. Anything else gets the overlay at its end.

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
    document, above = yaml.load(text), _table(overlay, name)
    _merge(document, above)
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _table(overlay: str, name: str) -> Mapping[str, Any]:
    try:
        above = YAML(typ="safe").load(overlay)
    except YAMLError as error:
        raise UsageError(f"{name} is not valid YAML: {error}", hint=f"Correct {name}") from error
    if above is not None and not isinstance(above, Mapping):
        raise UsageError(
            f"{name} is no table of YAML", hint="Write the keys that are to be others, as the file has them"
        )
    return above or {}


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
