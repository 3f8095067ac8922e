"""Runs a workflow twice and drafts a case from what it did: ``python -m airside.testing.recording``.

It runs in the workspace's own Python. The request comes on standard input as JSON, the answer goes to standard output.
"""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from airside.base.errors import AirsideError
from airside.testing.cases.record import draft
from airside.testing.given import Given
from airside.testing.processes import Source, run, stop


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to record.

    Attributes:
        root: The workspace.
        dags_folder: The folder of its DAG files.
        workflow: The workflow.
        connections: By id, as in `Given`: what the run finds, and the draft does not show.
        variables: The same, by key.
        network: Hosts that it may reach.
        timeout: Seconds that one run may take.
    """

    root: str
    dags_folder: str
    workflow: str
    connections: dict[str, dict[str, Any] | str] = {}
    variables: dict[str, str] = {}
    network: tuple[str, ...] = ()
    timeout: float = 600.0


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        draft: The file of cases; empty where there is an error.
        states: Of the task instances, by name.
        missing: What the workflow asked for and did not find, ``kind:name``.
        message: Why there is no draft.
        hint: What to do about that.
    """

    draft: str = ""
    states: Mapping[str, str | None] = {}
    missing: tuple[str, ...] = ()
    message: str | None = None
    hint: str | None = None


def record(request: Request, now: datetime) -> Recorded:
    """Run the workflow twice, and draft a case.

    Args:
        request: What to record.
        now: What the clock says.

    Raises:
        UsageError: There is no such workflow.
        PlatformError: Airflow does not work here.
    """
    source = Source(Path(request.root), Path(request.dags_folder))
    lent = Given(
        dag_id=request.workflow,
        connections=request.connections,
        variables=request.variables,
        network=request.network,
        timeout=request.timeout,
    )
    outcome, again = run(source, lent), run(source, lent)
    return Recorded(
        draft=draft(outcome, Given(dag_id=request.workflow), again, lent=lent, now=now),
        states={str(task.key): task.state for task in outcome.tasks},
        missing=tuple(sorted({f"{need.kind}:{need.name}" for need in outcome.needs if not need.is_given})),
    )


def main() -> None:
    """Answer one request."""
    try:
        answer = record(msgspec.json.decode(sys.stdin.buffer.read(), type=Request), datetime.now(UTC))
    except AirsideError as error:
        answer = Recorded(message=error.message, hint=error.hint)
    finally:
        stop()
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    main()
