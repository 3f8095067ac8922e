"""Cases as pytest has them: one item each."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from airside.base.errors import AirsideError
from airside.testing.cases.document import Case
from airside.testing.cases.reading import read_cases
from airside.testing.expecting.judging import judge
from airside.testing.expecting.mismatch import Mismatch
from airside.testing.expecting.telling import told
from airside.testing.pytest_plugin.runner import DagRun, runner
from airside.testing.results.failure import failure_text
from airside.testing.results.run import Run

_DATA: Final = "data"
"""The name of folders whose files are for tests, and none themselves."""


class UnexpectedError(Exception):
    """What came of a run is not what its case expects; the text is the whole report."""


def collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Return the collector of a file of cases; None for data beside them, and for names that begin with `.` or `_`.

    Args:
        file_path: A YAML file in a place of tests.
        parent: Of the collector.
    """
    below = file_path.relative_to(parent.config.rootpath) if file_path.is_relative_to(parent.config.rootpath) else None
    is_data = below is not None and _DATA in below.parts[:-1]
    if (is_data or file_path.name.startswith((".", "_"))) and not parent.session.isinitpath(file_path):
        return None
    return CaseFile.from_parent(parent, path=file_path)


class CaseFile(pytest.File):
    """A file of cases."""

    def collect(self) -> Iterable[pytest.Item]:
        """Read it.

        Raises:
            CasesError: It does not hold; then none of its cases runs.
        """
        shown = os.path.relpath(self.path, self.config.invocation_params.dir)
        for case in read_cases(self.path.read_bytes(), self.path, shown):
            item = CaseItem.from_parent(self, name=case.says.name, case=case)
            for mark in case.says.marks:
                item.add_marker(mark)
            if case.says.skip is not None:
                item.add_marker(pytest.mark.skip(reason=case.says.skip))
            yield item

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002
        """Return the faults of the file, without a traceback of ours."""
        error = excinfo.value
        return _said(error) if isinstance(error, AirsideError) else super().repr_failure(excinfo)


class CaseItem(pytest.Item):
    """One case.

    Attributes:
        case: What it says.
    """

    def __init__(self, *, case: Case, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.case = case
        self._stack = ExitStack()
        self._dag_run: DagRun | None = None

    def setup(self) -> None:
        """Get what runs workflows; until the teardown, so that the report of the test finds its runs."""
        self._dag_run = self._stack.enter_context(runner(self.config, self.nodeid, self.path.parent))

    def teardown(self) -> None:
        """Take away what the run has started."""
        self._stack.close()

    def runtest(self) -> None:
        """Run the workflow and compare what came of it with what is expected.

        Raises:
            UnexpectedError: It is not.
            UsageError: The case asks for what there is not.
        """
        folder, says = self.path.parent, self.case.says
        if self._dag_run is None:
            raise RuntimeError("a case runs between its setup and its teardown")
        run = self._dag_run(self.case.workflow, **says.given.giving(folder))
        run.was_shown = True
        if mismatches := judge(says.expect, run, folder):
            raise UnexpectedError("\n\n".join(self._report(mismatches, run)))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the case is written, and what it is called."""
        return self.path, self.case.line - 1, f"{self.case.workflow}: {self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what is not as expected, or cannot be run as it is written, without a traceback of ours."""
        error = excinfo.value
        if isinstance(error, UnexpectedError):
            return str(error)
        return (
            f"{self._place}: {_said(error)}"
            if isinstance(error, AirsideError)
            else super().repr_failure(excinfo, style)
        )

    @property
    def _place(self) -> str:
        """The file, from where pytest was started, and the line."""
        return f"{os.path.relpath(self.path, self.config.invocation_params.dir)}:{self.case.line}"

    def _report(self, mismatches: tuple[Mismatch, ...], run: Run) -> Iterator[str]:
        yield f"{self._place}: {self.case.workflow}: {self.name}"
        yield told(mismatches)
        if _wants_the_reason(mismatches, run):
            yield failure_text(run.outcome, "yaml")


def _wants_the_reason(mismatches: tuple[Mismatch, ...], run: Run) -> bool:
    """Whether a person needs to know why tasks failed: where none was expected to."""
    if run.outcome.error is not None:
        return True
    failed = any(task.state == "failed" for task in run.outcome.tasks)
    return failed and any(fault.path == "state" or fault.path.endswith(".state") for fault in mismatches)


def _said(error: AirsideError) -> str:
    return f"{error.message}\n{error.hint}" if error.hint else error.message
