"""The files of one layer: found by name, read once, read again when they change."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from airside.base.errors import ConfigError
from airside.config.nodes import Node, Parts, joined
from airside.config.yaml_files import Parsed, parse

CONFIGS: Final = "configs"
ENVIRONMENTS: Final = "environments"
LOCAL: Final = "local"
LOCAL_LAYER: Final = f"{CONFIGS}/{LOCAL}"
"""What belongs to one machine: in no commit, and in no release."""

RESERVED: Final = frozenset({ENVIRONMENTS, LOCAL})
"""Folders and files of `configs` that are layers, and no names."""

SUFFIXES: Final = (".yaml", ".yml")
_MAX_KEPT: Final = 4096

_Stamp = tuple[int, int, int]

_kept: dict[str, tuple[_Stamp, Parsed]] = {}
"""What was read in this process, by path. A reader that comes between two steps of another reads once more."""


def read_file(root: Path, file: str) -> Parsed | None:
    """Return what `file`, a path relative to `root`, holds; None where there is no such file.

    Raises:
        ConfigError: It cannot be read.
    """
    path = os.path.join(root, file)  # noqa: PTH118 - asked a dozen times for a name; pathlib takes ten times as long
    try:
        found = os.stat(path)  # noqa: PTH116 - as above
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        kept = _kept.get(path)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        with open(path, "rb") as opened:  # noqa: PTH123 - as above
            parsed = parse(opened.read(), file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    if len(_kept) >= _MAX_KEPT:
        _kept.clear()
    _kept[path] = (stamp, parsed)
    return parsed


def find(root: Path, folder: str, name: Parts) -> Node | None:
    """Return what the layer in `folder`, a path relative to `root`, says of `name`; None where it says nothing.

    Without a name, everything.

    Raises:
        ConfigError: A file that may hold it cannot be read, or two say it.
    """
    return _below(root, folder, (), name) if _is_folder(root, folder) else None


def list_files(root: Path, folder: str) -> Iterator[tuple[Parts, str]]:
    """Yield each YAML file of a layer: its name in its parts, and its path relative to `root`; sorted."""
    for name, is_folder in _entries(root, folder):
        path = f"{folder}/{name}"
        if is_folder:
            yield from (((name, *rest), file) for rest, file in list_files(root, path))
        elif name.endswith(SUFFIXES):
            yield (name.rpartition(".")[0],), path


def _below(root: Path, folder: str, at: Parts, name: Parts) -> Node | None:
    """Return what the files below `folder`, whose own name is `at`, say of `name`, which begins below it."""
    if not name:
        return _everything(root, folder, at)
    head, rest = name[0], name[1:]
    if folder == CONFIGS and head in RESERVED:
        return None
    found = None
    for suffix in SUFFIXES:
        node = _content(root, f"{folder}/{head}{suffix}")
        found = joined(found, node.select(rest) if node is not None else None, (*at, *name))
    inner = f"{folder}/{head}"
    if _is_folder(root, inner):
        found = joined(found, _below(root, inner, (*at, head), rest), (*at, *name))
    return found


def _everything(root: Path, folder: str, at: Parts) -> Node | None:
    stems = dict.fromkeys(
        name if is_folder else name.rpartition(".")[0]
        for name, is_folder in _entries(root, folder)
        if is_folder or name.endswith(SUFFIXES)
    )
    found = {stem: node for stem in stems if (node := _below(root, folder, at, (stem,))) is not None}
    return Node(dict(found), folder, 0) if found else None


def _content(root: Path, file: str) -> Node | None:
    parsed = read_file(root, file)
    if parsed is None:
        return None
    if parsed.faults:
        raise ConfigError(str(parsed.faults[0]), hint="`airside check` names all faults of the configs.")
    return parsed.node


def _entries(root: Path, folder: str) -> list[tuple[str, bool]]:
    try:
        with os.scandir(os.path.join(root, folder)) as entries:  # noqa: PTH118 - as above
            found = [(entry.name, entry.is_dir()) for entry in entries if not entry.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ConfigError(f"{root / folder} cannot be read: {error.strerror}") from error
    return sorted((name, is_dir) for name, is_dir in found if folder != CONFIGS or not (is_dir and name in RESERVED))


def _is_folder(root: Path, folder: str) -> bool:
    return os.path.isdir(os.path.join(root, folder))  # noqa: PTH112, PTH118 - as above
