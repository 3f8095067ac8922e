"""`report`: what a task did, as figures and links, for the summary of its run.

This module is imported by DAG files, so it imports next to nothing.
"""

import logging
import sys
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

KEY: Final = "airside_report"
"""The XCom of a task that holds what it reported."""

Number = float | Decimal

log = logging.getLogger(__name__)


def report(
    *,
    rows: Number | None = None,
    bytes: Number | None = None,  # noqa: A002 - what authors call it
    files: Number | None = None,
    url: str | Iterable[str] | None = None,
    chart: str | Iterable[str] | None = None,
    **figures: Number,
) -> dict[str, Any]:
    """Say what the task that calls this has done.

    Several calls of one try are one report: numbers add up, links collect. A retry begins anew; each instance of a
    mapped task has a report of its own.

    Args:
        rows: How many rows it read or wrote.
        bytes: How many bytes.
        files: How many files.
        url: Where the result is, or several such addresses. A user, a password and what looks like a token in an
            address are left out.
        chart: Addresses of pictures or dashboards.
        **figures: Any other numbers, by name.

    Returns:
        The report so far: ``figures``, ``urls`` and ``charts``. Outside of a task of Airflow nothing is recorded, and
        this is what the one call says.

    Raises:
        UsageError: A figure is no finite number, a count is negative, or an address is none. Only at the author's
            desk: outside of Airflow and in environment `dev`. Elsewhere the log warns, what is wrong is left out, and
            the task goes on.
    """
    # What follows is paid for by tasks that report, and not by each parse of a DAG file.
    from airside.authoring.summary.reported import reported  # noqa: PLC0415 - as said

    counts = {"rows": rows, "bytes": bytes, "files": files}
    given = {name: value for name, value in counts.items() if value is not None} | figures
    said, faults = reported(given, urls=_listed(url), charts=_listed(chart))
    # Whoever has not imported Airflow's SDK runs no task of it.
    if "airflow.sdk" not in sys.modules:
        return _told(said.document(), faults, is_desk=True)
    from airside.authoring.summary.recording import is_desk, record  # noqa: PLC0415 - as above

    return _told(record(said), faults, is_desk=is_desk())


def _listed(value: str | Iterable[str] | None) -> tuple[object, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) or not isinstance(value, Iterable) else tuple(value)


def _told(document: dict[str, Any], faults: tuple[str, ...], *, is_desk: bool) -> dict[str, Any]:
    if faults and is_desk:
        from airside.base.errors import UsageError  # noqa: PLC0415 - as above

        raise UsageError(
            f"This cannot be reported: {'; '.join(faults)}",
            hint="`report` takes finite numbers by name, and addresses in `url` and `chart`.",
        )
    for fault in faults:
        log.warning("Not reported: %s", fault)
    return document
