"""Whether every DAG file of a tree can be imported, found out by importing them beside the Airflow of the workspace."""

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from airside.base.errors import FindingsError
from airside.checks.tracebacks import read_traceback
from airside.release.record import Workflow

_CHILD = Path(__file__).parent / "import_child.py"
_SAID = 15
"""How many lines of a crashed child are shown."""

_CONFIG = """\
[core]
load_examples = False
dagbag_import_error_traceback_depth = 1000
[logging]
logging_level = CRITICAL
"""


class _Document(TypedDict):
    """What the child writes last; `errors` are tracebacks by file."""

    workflows: list[tuple[str, str]]
    errors: dict[str, str]
    files: int


@dataclass(frozen=True, slots=True)
class ImportFault:
    """Why a DAG file cannot be imported, or one of its workflows not served.

    Attributes:
        file: Its path in the tree.
        line: The line of that file; None where the exception came from none.
        message: The exception, in one line.
    """

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of importing a tree.

    Attributes:
        workflows: Those that were found, sorted by id.
        faults: Sorted by file.
        files: How many DAG files were imported.
        seconds: How long it took.
    """

    workflows: tuple[Workflow, ...]
    faults: tuple[ImportFault, ...]
    files: int
    seconds: float


def check_imports(
    python: Path, root: Path, *, environment: Mapping[str, str] | None = None, timeout: float = 120
) -> ImportReport:
    """Import the DAG files of the tree `root` as Airflow's dag processor would, and report what it would.

    It needs no database and no network, and writes nothing into the tree.

    Args:
        python: The interpreter of an environment with Airflow.
        root: The folder with the files of the tree.
        environment: Further variables of the child, such as ``AIRFLOW__CORE__…`` for options of the workspace.
        timeout: Seconds for all files together. Airflow's own limit for each file holds as well.

    Raises:
        FindingsError: The import crashed Python, or did not end; the message names the file.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="airside-check-") as temporary:
        home = Path(temporary)
        (home / "airflow.cfg").write_text(_CONFIG)
        document = _run(python, root.resolve(), home, environment or {}, timeout)
    faults = [_fault(root.resolve(), file, text) for file, text in sorted(document["errors"].items())]
    return ImportReport(
        workflows=tuple(Workflow(id=id_, file=file) for id_, file in sorted(document["workflows"])),
        faults=tuple(faults),
        files=document["files"],
        seconds=time.monotonic() - started,
    )


def _run(python: Path, root: Path, home: Path, environment: Mapping[str, str], timeout: float) -> _Document:
    result = home / "result.jsonl"
    command = [str(python), str(_CHILD), str(root), str(result)]
    variables = {"PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}
    # As a library Airflow neither configures an ORM nor reads its local settings: half a second less.
    variables |= dict(environment) | {"AIRFLOW_HOME": str(home), "_AIRFLOW__AS_LIBRARY": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=home,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FindingsError(
            f"{_last_file(result)} was still being imported when the time for the check was over ({timeout:g} s)",
            hint="Move slow work out of the top level of the file and into its tasks.",
        ) from error
    except OSError as error:
        raise FindingsError(
            f"{python} cannot be run: {error.strerror}", hint="Run `airside up` to make it anew."
        ) from error
    if done.returncode != 0:
        raise _crashed(result, done)
    document: _Document = json.loads(result.read_text().splitlines()[-1])
    return document


def _crashed(result: Path, done: subprocess.CompletedProcess[bytes]) -> FindingsError:
    said = "\n".join(done.stderr.decode(errors="replace").strip().splitlines()[-_SAID:])
    end = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
    return FindingsError(
        f"{_last_file(result)} ended the Python that imported it ({end}):\n{said}".rstrip(":\n"),
        hint="Import the file yourself to see more: `airside shell`, then `python FILE`.",
    )


def _last_file(result: Path) -> str:
    lines = result.read_text().splitlines() if result.exists() else []
    return str(json.loads(lines[-1])) if lines else "Airflow itself (no DAG file yet)"


def _fault(root: Path, file: str, text: str) -> ImportFault:
    told = read_traceback(text, root, file)
    return ImportFault(file, told.line, told.message)
