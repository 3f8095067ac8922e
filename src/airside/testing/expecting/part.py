"""What the parts of a functional test's file have in common."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictStr

from airside.base.durations import parse_duration
from airside.testing.expecting.docstrings import describe


class Part(BaseModel):
    """A mapping whose keys are known. An editor shows what the class says of each under `Attributes`."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=describe)

    def has(self, key: str) -> bool:
        """Whether the file says something for `key`, be it null."""
        return key in self.model_fields_set


def _seconds(value: Any) -> Any:
    if isinstance(value, str):
        duration = parse_duration(value)
        if duration is None:
            raise ValueError('expected seconds, or a duration such as "2m" or "90s"')
        return duration.total_seconds()
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise ValueError('expected seconds, more than 0, or a duration such as "2m" or "90s"')
    return float(value)


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("expected a date or a time, such as 2026-01-02 or 2026-01-02T06:00:00+01:00")  # noqa: TRY004
    try:
        moment = datetime.fromisoformat(value)
        # One at the edge of the calendar has no UTC.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("expected a date or a time, such as 2026-01-02 or 2026-01-02T06:00:00+01:00") from None


def _at_least_0(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("expected a whole number from 0")
    return value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Seconds = Annotated[float, BeforeValidator(_seconds, json_schema_input_type=float | str)]
Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=date | datetime | str)]
Text = StrictStr
Count = Annotated[int, Field(ge=0), BeforeValidator(_at_least_0)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])]
"""Several texts; a single one needs no list."""

Switch = StrictBool
