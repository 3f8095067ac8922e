"""A Celery worker of Airflow on this machine: what it lacks, and how it is started."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, Final

from airside.base.errors import PlatformError, UsageError

_LOOKING: Final = ("-m", "airside.airflow.worker_check")
_PATIENCE: Final = 120.0
"""Seconds for importing Airflow and for what answers slowly, on a busy machine too."""


def require_ready(python: str, variables: Mapping[str, str]) -> None:
    """Return when nothing that a worker needs is missing.

    Args:
        python: The interpreter whose Airflow is meant.
        variables: The environment variables that the worker will have.

    Raises:
        UsageError: Something is not installed or not configured.
        PlatformError: All is, and something does not answer.
    """
    faults = _faults(python, variables)
    if not faults:
        return
    lines = [f"This machine is not ready for a worker ({len(faults)})"]
    lines += [f"  {fault['what']}\n    {fault['hint']}" for fault in faults]
    kind = PlatformError if all(fault["away"] for fault in faults) else UsageError
    raise kind("\n".join(lines), hint="Nothing was started.")


def _faults(python: str, variables: Mapping[str, str]) -> list[dict[str, Any]]:
    command = [python, *_LOOKING]
    try:
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=_PATIENCE, check=False)
        found: list[dict[str, Any]] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise PlatformError(
            f"What a worker needs was not found out within {_PATIENCE:.0f} seconds",
            hint="Look whether this machine reaches the broker, the database of results and the API server.",
        ) from error
    except ValueError as error:
        said = done.stderr.strip().splitlines() or ["nothing"]
        raise PlatformError(
            f"Airflow on this machine cannot be asked what a worker needs: {said[-1]}",
            hint=f"`{python} -m airflow info` shows more.",
        ) from error
    return found


def worker_command(
    python: str,
    queues: Sequence[str] = (),
    concurrency: int | None = None,
    name: str | None = None,
    *,
    logs: bool = True,
) -> list[str]:
    """Return the command line of a worker; what is not said is Airflow's to choose.

    Args:
        python: The interpreter whose Airflow is meant.
        queues: Whose tasks it runs.
        concurrency: How many at one time.
        name: What it is called.
        logs: It serves the logs of its tasks.
    """
    command = [python, "-m", "airflow", "celery", "worker"]
    if queues:
        command += ["--queues", ",".join(queues)]
    if concurrency is not None:
        command += ["--concurrency", str(concurrency)]
    if name is not None:
        command += ["--celery-hostname", name]
    if not logs:
        command.append("--skip-serve-logs")
    return command
