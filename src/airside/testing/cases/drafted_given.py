"""What a draft gives: what the run was given, without secrets."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from airside.alerts.masking import MASK, Masks
from airside.checking.contract.secret_values import may_hold_secrets
from airside.secrets.values import Connection, texts_of_json
from airside.testing.cases.steady import ANYTHING, Steady
from airside.testing.given import Answer, Given
from airside.testing.outcome import Need, RunOutcome

_FIELDS: Final = ("conn_type", "host", "login", "schema", "port", "description")
"""Of a connection: what is not secret."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A name whose value a draft does not show."""

    kind: str
    name: str


def masks_of(given: Given, lent: Given | None = None) -> Masks:
    """Return the secrets that a run was given; all that it was lent is secret."""
    return Masks([*_leaves(given), *(_all_texts(lent) if lent else ())])


def secrets_of(given: Given) -> frozenset[Secret]:
    """Return what a draft masks in `given`: connections with a password or an extra, variables with such a name."""
    connections = {Secret("connection", name) for name, value in given.connections.items() if _is_secret(value)}
    return frozenset(connections | {Secret("variable", name) for name in given.variables if may_hold_secrets(name)})


def all_of(lent: Given | None) -> frozenset[Secret]:
    """Return the connections and variables that a run was lent."""
    if lent is None:
        return frozenset()
    connections = {Secret("connection", name) for name in lent.connections}
    return frozenset(connections | {Secret("variable", name) for name in lent.variables})


def stubbed_for(outcome: RunOutcome, secrets: Iterable[Secret]) -> dict[str, Need]:
    """Return the tasks that asked for a secret, each with one that it asked for: a draft cannot run them."""
    hidden = set(secrets)
    asked = (need for need in outcome.needs if Secret(need.kind, need.name) in hidden)
    return {need.task_id: need for need in asked if need.task_id is not None}


def drafted_given(given: Given, steady: Steady) -> dict[str, Any]:
    """Return the key `given` of a draft: what is not as a file without it has it."""
    usual = Given(dag_id=given.dag_id)
    said: dict[str, Any] = {}
    for field in fields(Given):
        value = getattr(given, field.name)
        if field.name == "dag_id" or value == getattr(usual, field.name):
            continue
        said[field.name] = _drafted(field.name, value, steady)
    return said


def _drafted(name: str, value: Any, steady: Steady) -> Any:
    if name == "connections":
        return {each: _connection(connection) for each, connection in value.items()}
    if name in ("variables", "environment"):
        return {key: ANYTHING if may_hold_secrets(key) else shown(text, steady.masks) for key, text in value.items()}
    if name == "answers":
        return {task: _answer(answer) for task, answer in value.items()}
    if name == "data_interval":
        return [end.isoformat() for end in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return [str(path) for path in value] if name == "writable" else shown(value, steady.masks)


def shown(value: Any, masks: Masks) -> Any:
    """Return a value as YAML has it, without secrets."""
    if isinstance(value, Mapping):
        return {str(key): shown(inner, masks) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [shown(inner, masks) for inner in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return masks.text(str(value)).replace(MASK, ANYTHING)


def _answer(answer: Answer) -> dict[str, Any]:
    return {"chosen": list(answer.chosen), "params": dict(answer.params), "by": answer.by}


def _connection(value: Mapping[str, Any] | str) -> Any:
    if isinstance(value, str):
        parts = urlsplit(value)
        if not _is_secret(value):
            return value
        return urlunsplit((parts.scheme, f"{ANYTHING}@{parts.netloc.rpartition('@')[2]}", parts.path, "", ""))
    shown = {name: value[name] for name in _FIELDS if value.get(name) is not None}
    return {**shown, "password": ANYTHING} if _is_secret(value) else shown


def _is_secret(value: Mapping[str, Any] | str) -> bool:
    if isinstance(value, str):
        parts = urlsplit(value)
        return bool(parts.password or parts.query)
    return bool(value.get("password") or value.get("extra"))


def _leaves(given: Given) -> Iterator[str]:
    for name, value in given.connections.items():
        if isinstance(value, str):
            yield from Connection(name, uri=value).leaves()
        else:
            if value.get("password"):
                yield str(value["password"])
            yield from _texts(value.get("extra"))
    for key, text in (*given.variables.items(), *given.environment.items()):
        if may_hold_secrets(key):
            yield text


def _all_texts(lent: Given) -> Iterator[str]:
    yield from _leaves(lent)
    yield from lent.variables.values()
    for value in lent.connections.values():
        yield from (str(field) for field in value.values() if field) if isinstance(value, Mapping) else ()


def _texts(extra: Any) -> Iterator[str]:
    """Yield the texts of the `extra` of a connection."""
    if isinstance(extra, Mapping):
        for inner in extra.values():
            yield from _texts(inner)
    elif isinstance(extra, str):
        yield extra
        yield from texts_of_json(extra)
