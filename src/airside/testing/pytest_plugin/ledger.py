"""What all tests of a session found out, wherever they ran: each report carries its part to this process."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from airside.testing.pytest_plugin.session import Session
    from airside.testing.verdicts import TestReport

SESSION: "Final[pytest.StashKey[Session]]" = pytest.StashKey()
"""Of a pytest's config: what its tests share, once a test uses it."""


class Phase(NamedTuple):
    """What is kept of the report of a part of a test: of thousands of tests the rest would be much.

    Attributes:
        when: `collect`, `setup`, `call` or `teardown`.
        outcome: `passed`, `failed` or `skipped`.
        seconds: How long it took.
        location: The file, the line from 0, and the name of the test.
        message: The first line of a failure.
        runs: What workflows it ran, as `airside.testing.pytest_plugin.session` notes them.
    """

    when: str
    outcome: str
    seconds: float
    location: tuple[str, int | None, str]
    message: str | None
    runs: Sequence[Mapping[str, Any]]


class Ledger:
    """Collects reports; at the end it writes the report, prints the last lines, and demands what it is told to."""

    def __init__(self, config: pytest.Config) -> None:
        self._file: str | None = config.getoption("--airside-report")
        self._demands = bool(config.getoption("--require-verified"))
        self._root = config.invocation_params.dir
        self._phases: defaultdict[str, list[Phase]] = defaultdict(list)
        self._ran_workflows = False
        self._lacking: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the report of a part of a test."""
        self._ran_workflows |= hasattr(report, "airside")
        if self._file or hasattr(report, "airside") or report.nodeid in self._phases:
            self._phases[report.nodeid].append(_phase(report))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep that a file of tests could not be read: its tests are in no report."""
        if self._file and report.failed:
            place = (report.fspath, None, report.nodeid)
            self._phases[report.nodeid].append(Phase("collect", "failed", 0.0, place, _message(report), ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report, and let the session fail where a task is not verified that has to be."""
        if self._file:
            from airside.testing.pytest_plugin.reports import write_report  # noqa: PLC0415 - where it is asked for

            write_report(self._report(), Path(self._root, self._file))
        if self._demands and self._ran_workflows:
            from airside.testing.results.summary import unverified_lines  # noqa: PLC0415 - where it is asked for

            self._lacking = list(unverified_lines(self._report().workflows))
            if self._lacking and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print of each workflow how many of its tasks are verified, and which are not where they have to be."""
        if not self._ran_workflows:
            return
        from airside.testing.results.summary import summary_lines  # noqa: PLC0415 - where workflows ran

        terminalreporter.section("workflows")
        for line in summary_lines(self._report().workflows):
            terminalreporter.write_line(line)
        for line in self._lacking:
            terminalreporter.write_line(line, red=True)

    def _report(self) -> "TestReport":
        from airside.testing.pytest_plugin.reports import report_of  # noqa: PLC0415 - where workflows ran

        return report_of(self._phases)


def _phase(report: pytest.TestReport) -> Phase:
    message = _message(report) if report.failed else None
    runs = getattr(report, "airside", ())
    return Phase(report.when, report.outcome, report.duration, report.location, message, runs)


def _message(report: pytest.TestReport | pytest.CollectReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else report.longreprtext
    return next((line for line in text.splitlines() if line.strip()), "")
