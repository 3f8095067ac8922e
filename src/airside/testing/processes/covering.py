"""Which lines of a workflow are run, for `coverage`: measured where it runs, and added to what pytest measures.

Nothing of it happens, and `coverage` need not be there, unless this process is being measured (`pytest --cov`,
`coverage run -m pytest`).
"""

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

_NO_DATA: Final = "no-data-collected"
"""The warning of `coverage`, by its name there."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured.

    Attributes:
        branches: Not lines only.
        include: Patterns of files, absolute; empty: all of the project.
        omit: The same, of those that are left out.
    """

    branches: bool
    include: tuple[str, ...]
    omit: tuple[str, ...]


def scope() -> Scope | None:
    """Return what is measured in this process; None: nothing is."""
    current = _current()
    if current is None:
        return None

    def told(name: str) -> list[str]:
        return current.get_option(f"run:{name}") or []

    include = [pattern for source in (*told("source"), *told("source_pkgs")) for pattern in _files_of(source)]
    return Scope(
        branches=bool(current.get_option("run:branch")),
        include=tuple(include or map(_whole, told("include"))),
        omit=tuple(map(_whole, told("omit"))),
    )


def _files_of(source: str) -> tuple[str, ...]:
    """Return patterns for the files of a folder or a package."""
    if Path(source).is_dir():
        return (f"{Path(source).resolve()}/*",)
    place = source.replace(".", "/")
    return f"*/{place}.py", f"*/{place}/*"


def _whole(pattern: str) -> str:
    """Return a pattern that does not depend on the working folder, read as `coverage` reads it."""
    return pattern if pattern.startswith(("*", "?")) else str(Path(pattern).absolute())


def add(covered: bytes) -> None:
    """Add to the measurement of this process what was covered in another."""
    current = _current()
    if current is None:
        return
    data = sys.modules["coverage"].CoverageData(no_disk=True)
    data.loads(covered)
    _data(current).update(data)
    # This process itself has usually run none of the measured code.
    current.set_option("run:disable_warnings", sorted({*current.get_option("run:disable_warnings"), _NO_DATA}))


def _data(current: Any) -> Any:
    """Return the data that another measurement is added to.

    With pytest-cov those are in a file beside, as its subprocesses have: when the tests are over it combines them all,
    also those of xdist's processes, and what was added to the data of a process is lost there.
    """
    if "pytest_cov" not in sys.modules:
        return current.get_data()
    base = str(Path(current.config.data_file).absolute())
    data = sys.modules["coverage"].CoverageData(basename=base, suffix=f"airside.{os.getpid()}")
    data.read()  # without which `update` begins with an empty file (coverage/sqldata.py 7.17, `_start_using`)
    return data


def measure(scope: Scope, root: Path) -> Callable[[], bytes]:
    """Measure code in this process from now on; what is returned ends that, and returns the data.

    Args:
        scope: What is measured.
        root: The project.
    """
    coverage: Any = importlib.import_module("coverage")
    measured = coverage.Coverage(
        data_file=None,
        branch=scope.branches,
        config_file=False,
        include=scope.include or [f"{root.resolve()}/*"],
        omit=[*scope.omit, "*/site-packages/*"],
    )
    measured.start()

    def end() -> bytes:
        measured.stop()
        found: bytes = measured.get_data().dumps()
        return found

    return end


def _current() -> Any:
    module = sys.modules.get("coverage")
    return None if module is None else module.Coverage.current()
