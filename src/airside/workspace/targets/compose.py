"""What `[compose]` of `airside.toml` may say: the platform in containers on one machine."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from airside.base.durations import DURATION_RULE, parse_duration
from airside.workspace.fields import Section, expecting
from airside.workspace.targets.image import Image

BaseUrl = Annotated[
    str, expecting(r"https?://[^/?#\s@]+", "an address without a path, such as 'https://airflow.example.com'")
]
Address = Annotated[str, expecting(r"\d{1,3}(\.\d{1,3}){3}", "an address of this machine, such as '127.0.0.1'")]


def _duration(value: str) -> str:
    if not parse_duration(value):
        raise ValueError(f"expected {DURATION_RULE}, found {value!r}")
    return value


class ComposeSettings(Section):
    """``[compose]``: the platform in containers on one machine.

    Attributes:
        executor: What runs tasks: the container of the scheduler, or workers that a Redis feeds.
        workers: Containers of workers, with Celery.
        concurrency: How many tasks one of them runs at a time.
        image: The image of the platform, with its tag; None is what `airside image build` makes.
        postgres: The image of the database.
        redis: The image of the broker, with Celery.
        host: The address of the machine that the web interface is published on. In development it is loopback.
        port: The port of it.
        base_url: Where people find Airflow; None takes the `airflow` of the environment, else localhost.
        grace: How long tasks may go on when the container that runs them is stopped.
    """

    executor: Literal["LocalExecutor", "CeleryExecutor"] = "LocalExecutor"
    workers: Annotated[int, Field(ge=1, le=100)] = 1
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 16
    image: Image | None = None
    postgres: Image = "postgres:17"
    redis: Image = "redis:7"
    host: Address = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    base_url: BaseUrl | None = None
    grace: Annotated[str, AfterValidator(_duration)] = "5m"

    @property
    def grace_period(self) -> timedelta:
        """What `grace` says."""
        return parse_duration(self.grace) or timedelta()
