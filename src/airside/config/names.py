"""Every name that a config can be asked by, for comparing with what workflows ask for."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from airside.config.configs import UNSET, Configs
from airside.config.files import CONFIGS, SUFFIXES, list_files, read_file
from airside.config.nodes import Node, Parts, merged
from airside.config.references import is_reference, references

_DEEPEST: Final = 8
"""References that lead to references, and so on; a circle has no end."""


def config_names(root: Path, environment: str) -> tuple[frozenset[str], bool]:
    """Return every name that `environment` can ask a config below ``configs`` by, and whether these are all.

    ``configs/sales/orders.yaml`` with a key `load` has its own path, ``sales.orders`` and ``sales.orders.load``. The
    keys of a file that is not plain YAML, such as a template of one, cannot be told. What belongs to one machine alone
    counts for no environment.
    """
    everything: Node | None = None
    whole = True
    for folder in Configs(root, environment, local=False).folders:
        layer, complete = _layer(root, folder)
        everything, whole = merged(everything, layer), whole and complete
    names = set(_paths(root))
    if everything is not None:
        for name, complete in _names(everything, everything, (), ()):
            names.add(".".join(name))
            whole = whole and complete
    return frozenset(names), whole


def _paths(root: Path) -> Iterator[str]:
    for folder, _, files in os.walk(root / CONFIGS, followlinks=True):
        relative = Path(folder).relative_to(root).as_posix()
        yield from (f"{relative}/{file}" for file in files if file.endswith(SUFFIXES))


def _layer(root: Path, folder: str) -> tuple[Node | None, bool]:
    """Return what a layer holds, and whether each of its files could be read. Faults are for the check to tell."""
    found: Node | None = None
    whole = True
    for name, file in list_files(root, folder):
        parsed = read_file(root, file)
        if parsed is None:
            continue
        whole = whole and parsed.whole
        found = merged(found, parsed.node.placed(name))
    return found, whole


def _names(root: Node, node: Node, at: Parts, place: Parts, depth: int = 0) -> Iterator[tuple[Parts, bool]]:
    """Yield the names in `node`, asked for as `at` and written at `place`, and whether all of each could be told."""
    if is_reference(node) and str(node.value).startswith("${"):
        for target in references(str(node.value), place):
            if not target:
                yield at, False
            elif depth < _DEEPEST and (other := root.select(target)) is not None:
                yield from _names(root, other, at, target, depth + 1)
    for part, child in node.children():
        if child.value != UNSET:
            yield (*at, part), True
            yield from _names(root, child, (*at, part), (*place, part), depth)
