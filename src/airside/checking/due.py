"""Asking Airflow's own timetables how many runs are due."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

import msgspec

from airside.base.errors import PlatformError
from airside.inspection.facts import DueAnswer, DueRequest

SECONDS: Final = 60.0
"""For all questions together: a thousand runs are counted in 0.1 s."""


class Runner(Protocol):
    """What runs work beside Airflow: `airside.checking.inspector.Inspector`."""

    def run(self, kind: str, root: Path, payload: bytes, *, seconds: float) -> bytes:
        """Return what the work `kind` made of `payload`."""
        ...


def count_due(runner: Runner, root: Path, request: DueRequest) -> Mapping[str, int | None]:
    """Return how many runs are due, by workflow; None where it cannot be told.

    Args:
        runner: Where Airflow is.
        root: Any folder of a release.
        request: The questions; without any, nothing is run.

    Raises:
        FindingsError: Counting took longer than `SECONDS`, or crashed.
        PlatformError: The Python of the workspace cannot be started, or its answer is none.
    """
    if not request.questions:
        return {}
    answer = runner.run("due", root, msgspec.json.encode(request), seconds=SECONDS)
    try:
        return msgspec.json.decode(answer, type=DueAnswer).runs
    except msgspec.MsgspecError as error:
        raise PlatformError(f"The answer how many runs are due is not valid: {error}") from error
