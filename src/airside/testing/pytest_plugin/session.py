"""What the tests of one process share."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from airside.testing.processes import Source
from airside.testing.pytest_plugin.ledger import SESSION
from airside.testing.pytest_plugin.place import source_of
from airside.testing.pytest_plugin.tracebacks import shorten
from airside.testing.results.failure import failure_text
from airside.testing.results.run import Run
from airside.testing.standins.servers import Servers


class Session:
    """The servers of all tests, and the runs of each test until it has been reported.

    Attributes:
        servers: Shared by all tests.
        runs: By the id of the test.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._sources: dict[Path, Source] = {}
        self.servers = Servers()
        self.runs: defaultdict[str, list[Run]] = defaultdict(list)

    def source(self, folder: Path) -> Source:
        """Return where workflows come from for the tests in `folder`; it is looked for once.

        Raises:
            UsageError: There is no folder of workflows.
        """
        if folder not in self._sources:
            self._sources[folder] = source_of(self._config, folder)
        return self._sources[folder]

    def shorten(self, call: pytest.CallInfo[None]) -> None:
        """Leave our own frames out of what a failure shows."""
        if call.excinfo is not None:
            shorten(call.excinfo.value)

    def note(self, report: pytest.TestReport) -> None:
        """Write into the report of a test what it ran and verified, and why its runs failed if nobody has said so."""
        runs = self.runs.get(report.nodeid, [])
        if runs and (report.when == "call" or report.failed):
            # Plain values only: xdist sends the report to the controller.
            report.airside = [_noted(run) for run in runs]  # type: ignore[attr-defined]
        if report.failed:
            report.sections += [
                (f"workflow {run.outcome.dag_id}", failure_text(run.outcome))
                for run in runs
                if run.outcome.state != "success" and not run.was_shown
            ]


def session_of(config: pytest.Config) -> Session:
    """Return the session; the first call makes it, and it ends with pytest."""
    session = config.stash.get(SESSION, None)
    if session is None:
        session = Session(config)
        config.stash[SESSION] = session
        config.add_cleanup(session.servers.close)
    return session


def _noted(run: Run) -> Mapping[str, Any]:
    needs = sorted({f"{need.kind}:{need.name}" for need in run.outcome.needs})
    return {"workflow": run.outcome.dag_id, "tier": run.given.tier, "tasks": run.verdicts(), "needs": needs}
