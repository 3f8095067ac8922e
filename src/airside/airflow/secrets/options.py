"""What `[secrets] backend_kwargs` may say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from airside.airflow.secrets.log_connection import LogConnection, parse_log_connection
from airside.base.errors import UsageError
from airside.base.names import is_environment_name
from airside.running.current import LOCAL

Kwargs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """Where the secrets are, and whose.

    Attributes:
        folder: The folder `secrets` of a working tree; None where `store` says where they are.
        store: A folder, or the URL of a bucket and prefix; None where `folder` says it.
        environment: Whose they are; None asks each process which environment it works for.
        environments: Which environments a process may work for; empty does not limit them.
        store_options: How to reach the store (`endpoint`, `region`, …).
        trust: The file that says whose signatures are demanded.
        key_file: The file with the key that decrypts; None looks in the usual places.
        cache: The folder for what was read of the store, encrypted as it is there; None leaves the choice.
        vault: Arguments of the backend of Airflow's provider for Vault; None where no name is asked of a Vault.
        logs: The connection for the logs of tasks; None where the backend has nothing to do with them.
    """

    folder: Path | None = None
    store: str | None = None
    environment: str | None = None
    environments: tuple[str, ...] = ()
    store_options: Mapping[str, str] = field(default_factory=dict, repr=False)
    trust: Path | None = None
    key_file: Path | None = None
    cache: Path | None = None
    vault: Mapping[str, Any] | None = field(default=None, repr=False)
    logs: LogConnection | None = None


def parse_options(kwargs: Kwargs) -> Options:
    """Return what the arguments of the backend say.

    Raises:
        UsageError: One is unknown, missing, or does not fit another. No value is told.
    """
    known = [each.name for each in fields(Options)]
    if unknown := sorted(set(kwargs) - set(known)):
        raise _wrong(f"has no argument {', '.join(unknown)}; there are {', '.join(known)}")
    if bool(kwargs.get("folder")) == bool(kwargs.get("store")):
        raise _wrong("takes one of `folder` and `store`")
    if kwargs.get("environment") and kwargs.get("environments"):
        raise _wrong("takes one of `environment` and `environments`")
    return Options(
        folder=_path(kwargs, "folder"),
        store=_text(kwargs, "store"),
        environment=_environment(kwargs),
        environments=_names(kwargs.get("environments") or ()),
        store_options={str(key): str(value) for key, value in _mapping(kwargs, "store_options").items()},
        trust=_path(kwargs, "trust"),
        key_file=_path(kwargs, "key_file"),
        cache=_path(kwargs, "cache"),
        vault=_mapping(kwargs, "vault") or None,
        logs=parse_log_connection(_mapping(kwargs, "logs")),
    )


def _environment(kwargs: Kwargs) -> str | None:
    """Return the one environment; a folder of a working tree has that of the working tree."""
    name = _text(kwargs, "environment")
    if name is not None:
        return _names([name])[0]
    return LOCAL if kwargs.get("folder") and not kwargs.get("environments") else None


def _names(value: object) -> tuple[str, ...]:
    # One argument alone can be given by an environment variable, which holds text (AIRFLOW__SECRETS__BACKEND_KWARG__…).
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise _wrong("takes a list of names as `environments`")
    for name in names:
        if not is_environment_name(name):
            raise _wrong(f"is given {name!r}, which cannot be the name of an environment")
    return tuple(names)


def _text(kwargs: Kwargs, name: str) -> str | None:
    value = kwargs.get(name)
    if value is not None and not isinstance(value, str):
        raise _wrong(f"takes text as `{name}`")
    return value or None


def _path(kwargs: Kwargs, name: str) -> Path | None:
    text = _text(kwargs, name)
    if text is None:
        return None
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise _wrong(f"takes an absolute path as `{name}`")
    return path


def _mapping(kwargs: Kwargs, name: str) -> dict[str, Any]:
    value = kwargs.get(name) or {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, dict):
        raise _wrong(f"takes an object as `{name}`")
    return value


def _wrong(what: str) -> UsageError:
    return UsageError(f"The secrets backend {what}", hint="Correct [secrets] backend_kwargs of Airflow.")
