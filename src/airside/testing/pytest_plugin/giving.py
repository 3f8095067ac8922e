"""From what a test writes to what a run finds."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypedDict, get_args

from airside.base.durations import parse_duration
from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.testing.given import Answer, Given, Tier
from airside.testing.standins.port import StandIn

_NAMES: Final = frozenset(field.name for field in fields(Given)) - {"dag_id"}
_ALIASES: Final = {"params": "conf", "execution_date": "logical_date", "run_conf": "conf"}
"""What people write who come from Airflow, and what it is called here."""

_MAPPINGS: Final = frozenset(field.name for field in fields(Given) if field.default_factory is dict)


class Giving(TypedDict, total=False):
    """The arguments of `dag_run`: the fields of `Given`, as a person writes them."""

    logical_date: datetime | date | str | None
    data_interval: tuple[datetime | date | str, datetime | date | str]
    run_id: str
    conf: Mapping[str, Any]
    connections: Mapping[str, Any]
    variables: Mapping[str, Any]
    config: Mapping[str, Any]
    environment: Mapping[str, str]
    serving: str
    stub: Mapping[str, Any]
    fail: Mapping[str, str | BaseException]
    events: Mapping[str, Any]
    answers: Mapping[str, Answer | str | Sequence[str]]
    xcoms: Mapping[str, Any]
    asset_events: Mapping[str, Sequence[Mapping[str, Any]]]
    counts: Mapping[str, str]
    only: str | Iterable[str]
    clock: datetime | date | str | None
    timeout: float | str | timedelta
    network: str | Iterable[str]
    writable: str | Path | Iterable[str | Path]
    tier: Tier


def given_of(dag_id: str, giving: Mapping[str, Any], folder: Path) -> Given:
    """Return what a run finds; `connections` are those that are no stand-ins.

    Args:
        dag_id: The workflow.
        giving: As in `Giving`.
        folder: What paths are relative to.

    Raises:
        UsageError: There is no such argument, or it is not what it should be.
    """
    for name in giving:
        if name not in _NAMES:
            similar = _ALIASES.get(name)
            said = f"; did you mean {similar!r}?" if similar else suggestion(name, _NAMES)
            raise UsageError(f"A run can be given no {name!r}{said}", hint=f"It has {', '.join(sorted(_NAMES))}.")
        if name in _MAPPINGS and not isinstance(giving[name], Mapping):
            raise UsageError(f"{name}: {giving[name]!r} is no mapping", hint=f'Write {name}={{"name": …}}.')
    values = {name: _CONVERTERS.get(name, _as_it_is)(value) for name, value in giving.items()}
    values["writable"] = tuple((folder / path).resolve() for path in values.get("writable", ()))
    return Given(dag_id=dag_id, **values)


def standins_of(connections: Mapping[str, Any]) -> dict[str, StandIn]:
    """Return those connections that are stand-ins."""
    return {name: value for name, value in connections.items() if hasattr(value, "start")}


def _as_it_is(value: Any) -> Any:
    return value


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise UsageError(f"{value!r} is no date", hint="Write it as 2026-01-02T03:04:05+00:00.") from error
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime | None):
        raise UsageError(f"{value!r} is no date", hint='Write it as "2026-01-02", or give a datetime.')
    moment: datetime | None = value
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _interval(value: Any) -> tuple[datetime | None, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple) or len(value) != 2:  # noqa: PLR2004 - a start and an end
        raise UsageError(f"data_interval: {value!r} is no start and end", hint='Write ("2026-01-01", "2026-01-02").')
    return tuple(_moment(end) for end in value)


def _tier(value: Any) -> Any:
    if value not in get_args(Tier):
        raise UsageError(
            f"tier: {value!r} is no tier{suggestion(str(value), get_args(Tier))}", hint="Write fast or real."
        )
    return value


def _environment(value: Mapping[str, Any]) -> Mapping[str, str]:
    for name, item in value.items():
        if not isinstance(item, str):
            raise UsageError(f"environment: {name} is {item!r}, not a text", hint=f'Write {{"{name}": "{item}"}}.')
    return value


def _connections(value: Mapping[str, Any]) -> dict[str, Mapping[str, Any] | str]:
    return {name: _connection(name, item) for name, item in value.items() if not hasattr(item, "start")}


def _connection(name: str, value: Any) -> Mapping[str, Any] | str:
    if isinstance(value, str | Mapping):
        return value
    if hasattr(value, "get_uri"):  # `airflow.sdk.Connection` and that of Airflow's database
        uri: str = value.get_uri()
        return uri
    raise UsageError(
        f"The connection {name!r} is a {type(value).__name__}",
        hint="Give a stand-in such as postgres(), a URI, or a mapping with conn_type, host, login, password.",
    )


def _variables(value: Mapping[str, Any]) -> dict[str, str]:
    return {name: _variable(name, item) for name, item in value.items()}


def _variable(name: str, value: Any) -> str:
    try:
        return value if isinstance(value, str) else json.dumps(value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"variables: {name} cannot be JSON: {error}", hint="Write it as a text.") from error


def _failures(value: Mapping[str, str | BaseException]) -> dict[str, str]:
    return {task: _failure(task, item) for task, item in value.items()}


def _failure(task: str, value: Any) -> str:
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if not isinstance(value, str):
        raise UsageError(f"fail: {task} is {value!r}, no failure", hint=f'Write {{"{task}": "ValueError: text"}}.')
    return value


def _answers(value: Mapping[str, Answer | str | Sequence[str]]) -> dict[str, Answer]:
    return {task: _answer(task, item) for task, item in value.items()}


def _answer(task: str, value: Any) -> Answer:
    if isinstance(value, Mapping) or not isinstance(value, Answer | Iterable):
        raise UsageError(f"answers: {task} is {value!r}, no answer", hint=f'Write {{"{task}": "an option"}}.')
    return value if isinstance(value, Answer) else Answer(_texts("answers", value))


def _asset_events(value: Mapping[str, Sequence[Any]]) -> dict[str, tuple[Any, ...]]:
    for asset, events in value.items():
        if not isinstance(events, list | tuple) or not all(isinstance(extra, Mapping) for extra in events):
            raise UsageError(
                f"asset_events: {asset} is {events!r}, no list of extras", hint=f'Write {{"{asset}": [{{"key": …}}]}}.'
            )
    return {asset: tuple(events) for asset, events in value.items()}


def _texts(name: str, value: Any) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) or not isinstance(value, Iterable) else tuple(value)
    if not all(isinstance(text, str) for text in texts):
        raise UsageError(f"{name}: {value!r} is no text, and no list of texts", hint=f'Write {name}=["…"].')
    return texts


def _paths(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, str | Path) else tuple(value)


def _seconds(value: float | str | timedelta) -> float:
    span = parse_duration(value) if isinstance(value, str) else value
    if not isinstance(span, int | float | timedelta):
        raise UsageError(f"timeout: {value!r} is no time span", hint='Write seconds, or "90s", "5m".')
    return span.total_seconds() if isinstance(span, timedelta) else float(span)


_CONVERTERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "logical_date": _moment,
    "clock": _moment,
    "data_interval": _interval,
    "environment": _environment,
    "tier": _tier,
    "connections": _connections,
    "variables": _variables,
    "fail": _failures,
    "answers": _answers,
    "asset_events": _asset_events,
    "only": partial(_texts, "only"),
    "network": partial(_texts, "network"),
    "writable": _paths,
    "timeout": _seconds,
}
