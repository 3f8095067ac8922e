"""`airside worker`."""

import os
import re
import shlex
import sys

import click

from airside.base.errors import UsageError
from airside.cli import environ
from airside.cli.context import Context
from airside.cli.verb import verb

_QUEUE = re.compile(r"[^\s,]+")
_NAME = re.compile(r"[A-Za-z0-9%._-]+(@[A-Za-z0-9%._-]+)?")


@verb
@click.option("--queues", metavar="NAMES", help="The queues whose tasks it runs, joined by commas.")
@click.option("--concurrency", type=click.IntRange(min=1), metavar="N", help="How many tasks it runs at one time.")
@click.option("--name", metavar="NAME", help="What it is called among the workers; needed where a host has several.")
@click.option("--no-logs", is_flag=True, help="Serve no logs of tasks: another process of this machine does.")
@click.option("--check", "only_check", is_flag=True, help="Look for what is missing, and start nothing.")
def command(
    context: Context, *, queues: str | None, concurrency: int | None, name: str | None, no_logs: bool, only_check: bool
) -> None:
    r"""Start a Celery worker of Airflow on this machine.

    It needs no workspace: Airflow and airside are installed in one environment, and variables such as
    AIRFLOW__CELERY__BROKER_URL say the rest, as for any component of Airflow. First it looks for all that would keep
    tasks from running: the executor, the bundles, the broker, the database of results, the API server. Then it becomes
    `airflow celery worker`, so that signals reach that: SIGTERM lets the tasks that run end, and takes no more.

    \b
    airside worker
    airside worker --queues default,heavy --concurrency 4
    airside worker --check

    Exit codes: 1 something that is configured does not answer; 2 something is not installed or not configured; else
    that of the worker.
    """
    from airside.platform.worker import require_ready, worker_command

    line = worker_command(sys.executable, _queues(queues), concurrency, _checked(name), logs=not no_logs)
    variables = environ.variables()
    require_ready(sys.executable, variables)
    if only_check:
        context.output.document({"ready": True})
        context.output.done("Nothing that a worker needs is missing", then="airside worker")
        return
    context.output.progress(f"Starting {shlex.join(line[1:])}")
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(line[0], line, variables)  # noqa: S606 - it is to be this process, for whoever sends signals


def _queues(text: str | None) -> tuple[str, ...]:
    names = tuple((text or "").split(",")) if text is not None else ()
    for name in names:
        if not _QUEUE.fullmatch(name):
            raise UsageError(f"--queues: {name!r} cannot name a queue", hint="For example: --queues default,heavy")
    return names


def _checked(name: str | None) -> str | None:
    if name is not None and not _NAME.fullmatch(name):
        raise UsageError(f"--name: {name!r} cannot name a worker", hint="For example: --name heavy, or heavy@%h")
    return name
