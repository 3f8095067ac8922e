"""The stand-ins there are, by the name that a test in YAML calls them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from airside.base.errors import UsageError
from airside.testing.standins.chats import Pagerduty, Slack, Teams
from airside.testing.standins.duckdb import Duckdb
from airside.testing.standins.files import Files
from airside.testing.standins.http import Http
from airside.testing.standins.options import options
from airside.testing.standins.port import StandIn
from airside.testing.standins.postgres import Postgres
from airside.testing.standins.s3 import S3
from airside.testing.standins.smtp import Smtp
from airside.testing.standins.sqlite import Sqlite

KINDS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "postgres": Postgres,
    "sqlite": Sqlite,
    "duckdb": Duckdb,
    "s3": S3,
    "http": Http,
    "smtp": Smtp,
    "slack": Slack,
    "teams": Teams,
    "pagerduty": Pagerduty,
    "files": Files,
}
"""Each a struct; its fields, without `folder`, are the options (`msgspec.json.schema` describes them)."""


def from_mapping(kind: str, given: Mapping[str, Any], folder: Path) -> StandIn:
    """Return the stand-in that a test in YAML describes.

    Args:
        kind: A key of `KINDS`.
        given: Its options.
        folder: What its paths are relative to.

    Raises:
        UsageError: There is no such kind or option, or its value is of the wrong kind.
    """
    if kind not in KINDS:
        raise UsageError(f"There is no stand-in {kind!r}", hint=f"There are: {', '.join(KINDS)}.")
    made: StandIn = options(KINDS[kind], given, folder)  # type: ignore[assignment]
    return made
