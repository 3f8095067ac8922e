"""The systemd units: one for each component of Airflow, and the target that holds those of a machine together."""

from collections.abc import Iterator
from dataclasses import dataclass

from airside.render.celery.layout import PROGRAMS
from airside.render.celery.watching import alerts_watcher
from airside.render.subject import Subject

CONTROL = "control"
WORKER = "worker"
STOP_SECONDS = 60
"""Enough for what runs no tasks: the longest is the triggerer, which waits for its child."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A service.

    Attributes:
        name: Its unit is ``airside-<name>.service``.
        role: Which machines have it: `control` or `worker`.
        description: For people who look at the list of units.
        command: What it runs.
        stop_seconds: How long it may take to end.
        runs_tasks: It runs the code of workflows, which may do more on the machine than Airflow itself does.
        variables: Environment variables of its own.
    """

    name: str
    role: str
    description: str
    command: str
    stop_seconds: int = STOP_SECONDS
    runs_tasks: bool = False
    variables: tuple[tuple[str, str], ...] = ()


def units(subject: Subject) -> tuple[Unit, ...]:
    """Return the services of all machines."""
    return (*_control(), *_alerts(subject), *_workers(subject))


def _control() -> Iterator[Unit]:
    for name, description in (
        ("api-server", "web interface and API of Airflow"),
        ("scheduler", "scheduler of Airflow"),
        ("dag-processor", "DAG processor of Airflow"),
        ("triggerer", "triggerer of Airflow"),
    ):
        yield Unit(name, CONTROL, description, f"{PROGRAMS}/current/bin/airflow {name}")


def _alerts(subject: Subject) -> Iterator[Unit]:
    if (found := alerts_watcher(subject)) is not None:
        command = f"{PROGRAMS}/current/bin/{' '.join(found.command)}"
        yield Unit("alerts", CONTROL, "watcher of alerts", command, variables=tuple(sorted(found.variables.items())))


def _workers(subject: Subject) -> Iterator[Unit]:
    settings = subject.settings.celery
    grace = int(settings.grace_period.total_seconds())
    # Its own service, not a child of a worker: logs can be read while a worker ends or starts, and two groups of
    # workers on one machine do not fight for the port.
    yield Unit("logs", WORKER, "logs of tasks", f"{PROGRAMS}/current/bin/python -m airflow.utils.serve_logs.core")
    for group, workers in settings.groups.items():
        options = f"--queues {','.join(workers.queues)} --concurrency {workers.concurrency}"
        yield Unit(
            f"worker-{group}",
            WORKER,
            f"worker of Airflow, group {group}",
            f"{PROGRAMS}/current/bin/airside worker --no-logs --name {group}@%H {options}",
            # What it waits for is over by itself; systemd is to be the second to lose patience.
            stop_seconds=grace,
            runs_tasks=True,
        )
