"""Making a process ready for a run, before the file of its workflow is read."""

import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from airflow.sdk.bases import sensor
from airflow.sdk.execution_time import task_runner
from pydantic import TypeAdapter

from airside.config.giving import give
from airside.running.serving import announce
from airside.testing.given import Given
from airside.testing.tasks.clock import Clock, TimeModule
from airside.testing.tasks.execution_api.comms import Comms
from airside.testing.tasks.logs import Log
from airside.testing.tasks.needs import Needs
from airside.testing.tasks.places import Places
from airside.testing.tasks.secrets import GivenSecrets


@dataclass(frozen=True, slots=True)
class Settled:
    """What belongs to the whole process of a run, the reading of its file included."""

    given: Given
    places: Places
    needs: Needs
    comms: Comms
    clock: Clock
    log: Log


_settled: list[Settled] = []

_adapter = cache(TypeAdapter)
"""The task runner builds the same one anew for each template field, 0.2 ms each time."""


def settle(given: Given, root: Path | None = None) -> Settled:
    """Make this process one that runs `given`, once; there is no way back.

    Connections, variables and configs are those of the test; they can be asked for from here on, as a DAG file does
    while it is read. The clock stands where the test says, and nobody waits for a sensor.

    Args:
        given: What the run finds.
        root: The workspace: configs are read there, and places are told relative to it.

    Raises:
        UsageError: A connection is none, or the clock cannot be set.
    """
    if _settled and _settled[-1].given is given:
        return _settled[-1]
    root = root.resolve() if root is not None else None
    places = Places(root)
    needs, comms, clock, log = Needs(places), Comms(), Clock(given.clock), Log()
    settled = Settled(given, places, needs, comms, clock, log)
    secrets = GivenSecrets(given, needs)
    os.environ.update(given.environment)  # noqa: TID251 - a process of its own, in which a workflow runs
    secrets.install()
    comms.learn(secrets.answers())
    task_runner.SUPERVISOR_COMMS = comms
    sensor.time = task_runner.time = TimeModule(clock)
    task_runner.TypeAdapter = _adapter
    give(given.config, lambda name, found: needs.record("config", name, is_given=found))
    if root is not None:
        _serve(root, given.serving)
    log.install()
    clock.freeze()
    _settled[:] = [settled]
    return settled


def _serve(root: Path, environment: str) -> None:
    """Let configs be those of the workspace, in the layers of one environment."""
    announce(root, environment)
    if str(root) not in sys.path:
        sys.path.append(str(root))
