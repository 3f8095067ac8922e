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

_NO_DATA: Final = "no-data-collected"
"""The warning of `coverage`, by its name there."""


def branches() -> bool | None:
    """Return whether branches are measured in this process; None: nothing is."""
    current = _current()
    return None if current is None else bool(current.config.branch)


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


def measure(branches: bool, root: Path) -> Callable[[], bytes]:  # noqa: FBT001 - as it comes
    """Measure the code below `root` in this process from now on; what is returned ends that, and returns the data."""
    coverage: Any = importlib.import_module("coverage")
    here = f"{root.resolve()}/*"
    measured = coverage.Coverage(
        data_file=None, branch=branches, config_file=False, include=[here], omit=["*/site-packages/*"]
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
