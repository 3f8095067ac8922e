"""Which files Airflow takes for DAG files, and what they import of Airflow."""

import importlib
import io
import os
import re
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, TextIO

from airflow._shared.module_loading import file_discovery
from airflow.configuration import conf
from airflow.dag_processing.importers import get_importer_registry

from airside.config.files import CONFIGS
from airside.inspection.facts import Failure, FileFacts
from airside.inspection.places import Tree

_IMPORT: Final = re.compile(rb"^(?:from|import)[ \t]+(airflow\.[\w.]+)", re.MULTILINE)


@cache
def safe_mode() -> bool:
    """Return whether Airflow passes over files that do not look like workflows."""
    return bool(conf.getboolean("core", "dag_discovery_safe_mode"))


def list_files(tree: Tree) -> tuple[Sequence[str], Sequence[FileFacts]]:
    """Return the DAG files of the tree, sorted, and what keeps Airflow from listing them.

    Airflow fails on an ``.airflowignore`` that is not UTF-8 or has a line that is no pattern, and then serves nothing
    at all. That is told as a failure of the ignore file, and the DAG files are listed as if the line, or what is no
    text in the file, were not there. It fails on a link to a folder around it, too: with that nothing is listed.
    """
    try:
        return _listed(tree), []
    except Exception as error:  # noqa: BLE001 - whatever Airflow lets through is a fault of the tree
        said = _failed(_culprit(tree), error)
    faults: dict[str, FileFacts] = {}
    with _lenient(tree, faults):
        try:
            files = _listed(tree)
        except Exception:  # noqa: BLE001 - as above; it is no bad line, so nothing can be listed
            return [], [said]
    return files, list(faults.values()) or [said]


def import_airflow_parts(paths: Iterable[Path]) -> None:
    """Import what these files import of Airflow, as the dag processor does before it forks."""
    modules: dict[str, None] = {}
    for path in paths:
        try:
            modules |= dict.fromkeys(match.decode() for match in _IMPORT.findall(path.read_bytes()))
        except OSError:
            continue
    for module in modules:
        # An import that fails is for the process that reads the file to tell.
        try:
            importlib.import_module(module)
        except Exception:  # noqa: BLE001, S112 - as the dag processor
            continue


def import_config_parts(tree: Tree) -> None:
    """Import what reads configs, where the tree has any: every file that asks for one would, for 40 ms each."""
    if (tree.root / CONFIGS).is_dir():
        importlib.import_module("airside.config.typed")
        importlib.import_module("airside.config.following").warm_up()


def _listed(tree: Tree) -> list[str]:
    paths = get_importer_registry().list_dag_files(str(tree.root), safe_mode=safe_mode())
    return sorted({str(Path(path).relative_to(tree.root)) for path in paths})


def _culprit(tree: Tree) -> str:
    """Return a link that leads back to where the walk has been; the ignore file of the tree where there is none."""
    seen: set[str] = set()
    for folder, folders, _ in os.walk(tree.root, followlinks=True):
        for path in (os.path.join(folder, name) for name in sorted(folders)):  # noqa: PTH118 - as `os.walk` has them
            place = os.path.realpath(path)
            if place in seen:
                return Path(path).relative_to(tree.root).as_posix()
            seen.add(place)
    return ".airflowignore"


@contextmanager
def _lenient(tree: Tree, faults: dict[str, FileFacts]) -> Iterator[None]:
    rule: Any = file_discovery._GlobIgnoreRule  # noqa: SLF001 - 3.3.2 has no other way to go on after a bad line
    strict = rule.compile

    def compile_rule(pattern: str, base_dir: Path, definition_file: Path) -> Any:  # noqa: ANN401 - Airflow's
        try:
            return strict(pattern, base_dir, definition_file)
        except Exception as error:  # noqa: BLE001 - what a pattern raises is told as its file's failure
            name = tree.path(str(definition_file)) or str(definition_file)
            faults.setdefault(name, _failed(name, error))
            return None

    def open_leniently(path: Path) -> TextIO:
        try:
            return io.StringIO(path.read_text())
        except (OSError, UnicodeDecodeError) as error:
            name = tree.path(str(path)) or str(path)
            faults.setdefault(name, _failed(name, error))
            return io.StringIO(_text(path))

    rule.compile = staticmethod(compile_rule)
    # A name of the module comes before the built-in one.
    file_discovery.open = open_leniently
    try:
        yield
    finally:
        rule.compile = staticmethod(strict)
        del file_discovery.open


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _failed(file: str, error: Exception) -> FileFacts:
    message = f"{type(error).__name__}: {error}"
    return FileFacts(
        file=file,
        failures=(Failure(kind="exception", message=message, traceback="".join(traceback.format_exception(error))),),
    )
