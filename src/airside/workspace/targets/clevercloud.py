"""What `[clevercloud]` of `airside.toml` may say: the platform on Clever Cloud."""

from typing import Annotated, Literal

from pydantic import Field

from airside.workspace.fields import Section, expecting

AppName = Annotated[
    str,
    expecting(
        r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", "a name of lower-case letters, digits and '-', at most 40 of them"
    ),
]
Domain = Annotated[
    str,
    expecting(
        r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        "the name of a host, such as 'airflow.example.com'",
    ),
]
BaseUrl = Annotated[
    str,
    expecting(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", "a URL without a path, such as 'https://airflow.example.com'"),
]
Word = Annotated[
    str, expecting(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?", "one word of letters, digits, '.', '_' and '-'")
]
Organisation = Annotated[
    str, expecting(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}", "the name or id of an organisation, such as 'orga_…'")
]


class CleverCloudSettings(Section):
    """``[clevercloud]``: the platform on Clever Cloud.

    Attributes:
        name: Apps and add-ons are called ``<name>-api`` and so on; None is the name of the workspace.
        organisation: Who owns them; None is the account itself.
        region: Where they are.
        domain: The name under which people open Airflow.
        base_url: The URL of that, where it is not ``https://<domain>``.
        executor: What runs tasks: the scheduler's app, or apps of workers that a Redis add-on feeds.
        workers: Machines that run tasks, with Celery.
        api_flavor: The size of the machine of the api-server.
        scheduler_flavor: Of the scheduler, which runs the tasks too unless workers do.
        worker_flavor: Of a worker.
        build_flavor: Of the machine that builds images.
        postgres: The name of the Postgres add-on; None is ``<name>-postgres``.
        postgres_plan: Its size, when it is made.
        cellar: The name of the Cellar add-on that gives credentials of buckets; None is ``<name>-cellar``; empty for a
            bucket elsewhere.
        redis: The name of the Redis add-on, with Celery; None is ``<name>-redis``.
        redis_plan: Its size, when it is made.
    """

    name: AppName | None = None
    organisation: Organisation | None = None
    region: Word = "par"
    domain: Domain | None = None
    base_url: BaseUrl | None = None
    executor: Literal["LocalExecutor", "CeleryExecutor"] = "LocalExecutor"
    workers: Annotated[int, Field(ge=1, le=40)] = 1
    api_flavor: Word = "S"
    scheduler_flavor: Word = "M"
    worker_flavor: Word = "M"
    build_flavor: Word = "M"
    postgres: Word | None = None
    postgres_plan: Word = "xs_sml"
    cellar: Literal[""] | Word | None = None
    redis: Word | None = None
    redis_plan: Word = "s_mono"
