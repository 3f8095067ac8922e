"""What a workflow may be told in its DAG file, in its config and in `[defaults]`, by the same names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from airside.base.durations import DURATION_RULE, parse_duration
from airside.base.errors import ConfigError
from airside.base.suggestions import suggestion

Reader = Callable[[Any], Any]


class _UnfitError(ValueError):
    """Says what was expected."""


def _text(value: object) -> object:
    if not isinstance(value, str) or not value:
        raise _UnfitError("a text")
    return value


def _texts(value: object) -> object:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise _UnfitError("a list of texts")
    return tuple(value)


def _number(value: object) -> object:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _UnfitError("a whole number")
    return value


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise _UnfitError("true or false")
    return value


def _duration(value: object) -> object:
    if (duration := parse_duration(value)) is None:
        raise _UnfitError(DURATION_RULE)
    return duration


def _moment(value: object) -> object:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if not isinstance(moment, datetime):
        raise _UnfitError("a date, such as 2026-01-31")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


TASK: Final[Mapping[str, Reader]] = {
    "owner": _text,
    "retries": _number,
    "retry_delay": _duration,
    "max_retry_delay": _duration,
    "execution_timeout": _duration,
}
"""What the tasks have, each unless it says otherwise itself: it becomes `default_args` of the DAG."""

RUN: Final[Mapping[str, Reader]] = {
    "start_date": _moment,
    "dagrun_timeout": _duration,
    "catchup": _flag,
    "max_active_runs": _number,
    "max_active_tasks": _number,
}
"""What the DAG has."""

LABELS: Final[Mapping[str, Reader]] = {"team": _text, "tags": _texts}

DEFAULTS: Final[Mapping[str, Reader]] = {**TASK, **RUN, **LABELS}
"""What `[defaults]` has."""

CONFIG: Final[Mapping[str, Reader]] = {**DEFAULTS, "schedule": lambda value: value, "description": _text}
"""What a config has below `workflow`."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where values were written, for errors.

    Attributes:
        place: The place of a key: the file, where known with its line.
        section: Of the file.
    """

    place: Callable[[str], str]
    section: str


def read(values: Mapping[str, object], readers: Mapping[str, Reader], origin: Origin) -> dict[str, Any]:
    """Return what the values mean to Airflow.

    Raises:
        ConfigError: A key is not known, or its value is of another kind. No value is shown.
    """
    return {key: _read(key, value, readers, origin) for key, value in values.items()}


def _read(key: str, value: object, readers: Mapping[str, Reader], origin: Origin) -> object:
    name = f"{origin.place(key)}: {origin.section}.{key}"
    if key not in readers:
        raise ConfigError(
            f"{name} is nothing a workflow is told{suggestion(key, readers)}", hint=f"Known are: {', '.join(readers)}."
        )
    try:
        return readers[key](value)
    except _UnfitError as fault:
        raise ConfigError(f"{name} has to be {fault}") from None


def read_texts(values: Mapping[str, Any], origin: Origin) -> dict[str, Any]:
    """Return the arguments of a DAG file, durations and dates that are texts as what they mean.

    What is no text is for Airflow to judge.

    Raises:
        ConfigError: Such a text says none, or there is a text where something else is asked for, or the reverse.
    """
    known = {key: value for key, value in values.items() if key in DEFAULTS and value is not None}
    read_here = {key: value for key, value in known.items() if isinstance(value, str) or DEFAULTS[key] is _text}
    return {**values, **read(read_here, DEFAULTS, origin)}
