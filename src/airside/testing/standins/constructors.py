"""The stand-ins as a test in Python makes them: `connections={"dwh": postgres(tables={"orders": "orders.csv"})}`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

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

TablesGiven = Mapping[str, str | Path | Sequence[Mapping[str, Any]] | Mapping[str, Any]]
"""By table: a file (`.csv`, `.json`, `.jsonl`), rows, or `{"csv"|"json"|"rows": …, "types": {…}, "schema": "…"}`."""

ContentsGiven = Mapping[str, str | Path | bytes | Mapping[str, Any]]
"""By path: a file, bytes, or one of `{"text": …}`, `{"json": …}`, `{"path": …}`."""

Extra = Mapping[str, Any]


def postgres(  # noqa: PLR0913 - options, all by name
    *,
    tables: TablesGiven | None = None,
    types: Mapping[str, Mapping[str, str]] | None = None,
    schema: str | Path | None = None,
    sql: str | Path | None = None,
    database: str | None = None,
    extra: Extra | None = None,
) -> StandIn:
    """Give a real Postgres database.

    Args:
        tables: Tables with their rows.
        types: By table and column: the type, where it is not to be inferred.
        schema: SQL that runs before the tables are filled, or the path of a `.sql` file.
        sql: SQL that runs after that.
        database: Its name; else that of the connection id.
        extra: Fields of the connection's extra, beside those that lead here. All stand-ins have it.

    Raises:
        UsageError: An option cannot be read.
    """
    return options(Postgres, _given(tables=tables, types=types, schema=schema, sql=sql, database=database, extra=extra))


def sqlite(
    *,
    tables: TablesGiven | None = None,
    types: Mapping[str, Mapping[str, str]] | None = None,
    schema: str | Path | None = None,
    sql: str | Path | None = None,
    extra: Extra | None = None,
) -> StandIn:
    """Give a SQLite file; the options are those of `postgres`."""
    return options(Sqlite, _given(tables=tables, types=types, schema=schema, sql=sql, extra=extra))


def duckdb(
    *,
    tables: TablesGiven | None = None,
    types: Mapping[str, Mapping[str, str]] | None = None,
    schema: str | Path | None = None,
    sql: str | Path | None = None,
    extra: Extra | None = None,
) -> StandIn:
    """Give a DuckDB file; the options are those of `postgres`."""
    return options(Duckdb, _given(tables=tables, types=types, schema=schema, sql=sql, extra=extra))


def s3(
    *, buckets: str | Sequence[str] = (), objects: ContentsGiven | None = None, extra: Extra | None = None
) -> StandIn:
    """Give an object store that speaks S3.

    Args:
        buckets: Buckets that are there; those of `objects` are as well.
        objects: Contents by `bucket/key`.
        extra: As for `postgres`.

    Raises:
        UsageError: An option cannot be read.
    """
    return options(S3, _given(buckets=_texts(buckets), objects=_contents(objects), extra=extra))


def http(
    routes: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None, extra: Extra | None = None
) -> StandIn:
    """Give an HTTP server.

    Args:
        routes: By `METHOD /path`: the answer. See `docs/reference/stand-ins.md`.
        headers: Of each answer.
        extra: As for `postgres`.

    Raises:
        UsageError: An option cannot be read.
    """
    return options(Http, _given(routes=_routes(routes), headers=headers, extra=extra))


def smtp(*, refuse: str | Sequence[str] = (), extra: Extra | None = None) -> StandIn:
    """Give a mail server that keeps what it is sent.

    Args:
        refuse: Recipients whom it does not take.
        extra: As for `postgres`.

    Raises:
        UsageError: An option cannot be read.
    """
    return options(Smtp, _given(refuse=_texts(refuse), extra=extra))


def slack(
    api: Literal["webhook", "bot"] = "webhook",
    *,
    channel: str | None = None,
    status: int = 200,
    extra: Extra | None = None,
) -> StandIn:
    """Give a Slack.

    Args:
        api: What the connection is: that of an incoming webhook, or the token of a bot.
        channel: Where a bot writes to, in the connection's `extra`.
        status: The HTTP status it answers with: 500 is a Slack that fails.
        extra: As for `postgres`.

    Raises:
        UsageError: An option cannot be read.
    """
    return options(Slack, _given(api=api, channel=channel, status=status, extra=extra))


def teams(*, status: int = 202, extra: Extra | None = None) -> StandIn:
    """Give a Microsoft Teams that takes the cards of a workflow's webhook; `status` and `extra` as for `slack`."""
    return options(Teams, _given(status=status, extra=extra))


def pagerduty(*, status: int = 202, extra: Extra | None = None) -> StandIn:
    """Give a PagerDuty that takes events; `status` and `extra` as for `slack`."""
    return options(Pagerduty, _given(status=status, extra=extra))


def files(
    contents: ContentsGiven | None = None, *, copy: str | Path | None = None, extra: Extra | None = None
) -> StandIn:
    """Give a folder of files.

    Args:
        contents: Contents by path.
        copy: A folder whose files are there as well.
        extra: As for `postgres`.

    Raises:
        UsageError: An option cannot be read.
    """
    return options(Files, _given(contents=_contents(contents), copy=copy, extra=extra))


def _given(**said: Any) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _texts(given: str | Sequence[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _contents(given: ContentsGiven | None) -> Mapping[str, Any] | None:
    """Return bytes as a YAML file has to give them; msgspec tells no bytes from texts in a union."""
    if given is None:
        return None
    return {path: {"base64": each} if isinstance(each, bytes) else each for path, each in given.items()}


def _routes(given: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return paths as the files that they name: a text is a body."""
    if given is None:
        return None
    return {name: {"reply": {"path": str(each)}} if isinstance(each, Path) else each for name, each in given.items()}
