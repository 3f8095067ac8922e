"""What `[defaults]` of `airside.toml` may say: what every workflow is that does not say otherwise."""

from datetime import date, datetime, timedelta
from typing import Annotated, Self

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from airside.base.durations import DURATION_RULE, duration_text, parse_duration


def _duration(value: object) -> object:
    duration = parse_duration(value)
    if duration is None:
        raise ValueError(f"expected {DURATION_RULE}, found {value!r}")
    return duration


def _date(value: object) -> object:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"expected a date, such as 2026-01-31, found {value!r}") from None


Duration = Annotated[timedelta, BeforeValidator(_duration)]


class DefaultSettings(BaseModel):
    """``[defaults]``: what `@workflow` takes where neither the workflow nor its config says it.

    Attributes:
        owner: Who answers for the tasks; the team where none is named.
        team: Becomes the tag ``team:<name>``.
        tags: Every workflow has them, beside its own.
        start_date: A date, or a date with a time: in UTC unless it says otherwise.
        retries: How often a task that failed is tried again.
        retry_delay: Before the first retry; it doubles with each.
        max_retry_delay: What it does not grow beyond.
        execution_timeout: Of each try of a task.
        dagrun_timeout: Of a run.
        catchup: Whether runs are made for the times that were missed.
        max_active_runs: Runs of one workflow at one time.
        max_active_tasks: Tasks of one workflow at one time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    owner: Annotated[str, Field(min_length=1)] | None = None
    team: Annotated[str, Field(min_length=1)] | None = None
    tags: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(default=(), strict=False)
    start_date: Annotated[datetime | date, BeforeValidator(_date)] | None = None
    retries: Annotated[int, Field(ge=0)] | None = None
    retry_delay: Duration | None = None
    max_retry_delay: Duration | None = None
    execution_timeout: Duration | None = None
    dagrun_timeout: Duration | None = None
    catchup: bool | None = None
    max_active_runs: Annotated[int, Field(ge=1)] | None = None
    max_active_tasks: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _check_delays(self) -> Self:
        if self.retry_delay and self.max_retry_delay and self.retry_delay > self.max_retry_delay:
            raise ValueError("retry_delay is longer than max_retry_delay")
        return self

    def encoded(self) -> bytes | None:
        """Return the content of the file that ships, the same for the same settings; None where nothing is set."""
        document = {
            key: _plain(value) for key in sorted(self.model_fields_set) if (value := getattr(self, key)) is not None
        }
        return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n" if document else None


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return duration_text(value)
    return value.isoformat() if isinstance(value, date) else value
