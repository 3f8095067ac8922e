"""What `[celery]` of `airside.toml` may say: the platform on machines of one's own."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from airside.base.durations import DURATION_RULE, parse_duration
from airside.workspace.fields import Section, expecting

Address = Annotated[
    str, expecting(r"https?://[^/?#\s@]+", "an address without a path, such as 'https://airflow.example.com'")
]
Host = Annotated[str, expecting(r"[0-9A-Za-z.:-]+", "an address to listen on, such as '0.0.0.0'")]
Callable = Annotated[
    str, expecting(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", "a function of Python, such as 'airflow.utils.net.getfqdn'")
]
Queue = Annotated[str, expecting(r"[A-Za-z0-9_.-]{1,128}", "the name of a queue: letters, digits, '_', '.' and '-'")]
Group = Annotated[
    str,
    expecting(
        r"[a-z][a-z0-9-]{0,31}", "the name of a group of workers: lower-case letters, digits and '-', at most 32"
    ),
]
Port = Annotated[int, Field(ge=1024, le=65535)]  # for less the account would need a right that it does not have

DEFAULT_QUEUE = "default"
"""Where Airflow sends a task that names no queue (``[operators] default_queue``)."""


def _duration(value: str) -> str:
    if not parse_duration(value):
        raise ValueError(f"expected {DURATION_RULE}, found {value!r}")
    return value


class WorkerSettings(Section):
    """``[celery.workers.<group>]``: workers that take the same tasks, on one machine or on several.

    Attributes:
        queues: Whose tasks they take.
        concurrency: How many tasks one of them runs at a time.
    """

    queues: Annotated[tuple[Queue, ...], Field(strict=False, min_length=1)] = (DEFAULT_QUEUE,)
    concurrency: Annotated[int, Field(ge=1)] = 16


class CelerySettings(Section):
    """``[celery]``: the platform on machines of one's own.

    Attributes:
        base_url: Where people find Airflow; None takes the `airflow` of the environment.
        internal_url: Where workers find its API server, if that is elsewhere.
        host: Where the API server listens on the control host.
        port: The port of it.
        log_port: Where workers serve the logs of their tasks.
        hostname: The function of Python that tells a worker its name, by which the API server asks it for logs.
        grace: How long a worker that is stopped lets its tasks go on.
        workers: The groups of workers; none means one, `default`.
    """

    base_url: Address | None = None
    internal_url: Address | None = None
    host: Host = "0.0.0.0"  # noqa: S104 - workers on other machines have to reach it
    port: Port = 8080
    log_port: Port = 8793
    hostname: Callable = "airflow.utils.net.getfqdn"
    grace: Annotated[str, AfterValidator(_duration)] = "10m"
    workers: Mapping[Group, WorkerSettings] = Field(default_factory=dict)

    @property
    def groups(self) -> dict[str, WorkerSettings]:
        """The groups of workers, by name."""
        return dict(sorted(self.workers.items())) or {"default": WorkerSettings()}

    @property
    def grace_period(self) -> timedelta:
        """What `grace` says."""
        return parse_duration(self.grace) or timedelta()
