"""Which values of `airside.toml` are secrets: none of them may come into a file that is rendered."""

import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from airside.render.secret_names import SECRET_NAMES, SecretName
from airside.workspace.settings import Settings

OPTIONS: Final = {(secret.section, secret.option): secret for secret in SECRET_NAMES}
_VARIABLES: Final = {secret.variable: secret for secret in SECRET_NAMES}

_SECRET: Final = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|secret|token|dsn|basic_auth"
    r"|(?:access|account|api|auth|customer|encryption|master|private|sas|secret|service_account|signing)_key)$"
)
"""Names of options and variables that are secrets, and no names of files, commands or addresses."""

_LONG: Final = tuple(secret.option for secret in SECRET_NAMES)
_CONNECTION: Final = "AIRFLOW_CONN_"


def secrets_in_settings(settings: Settings) -> list[str]:
    """Return a fault for each secret that `airside.toml` holds where it would be rendered."""
    return [*_options(settings), *_variables(settings), *_store(settings)]


def _options(settings: Settings) -> Iterator[str]:
    for section, values in settings.airflow.config.items():
        for option, value in values.items():
            key, known = f"airflow.config.{section}.{option}", OPTIONS.get((section.lower(), option.lower()))
            if known is not None:
                yield from _known(key, known, value)
            elif _is_secret(option, value) and not _is_reference(option.lower()):
                yield f"{key}: a secret does not belong here; give the platform `{option}_cmd`, which prints it"


def _variables(settings: Settings) -> Iterator[str]:
    for name, value in settings.airflow.env.items():
        key, known = f"airflow.env.{name}", _VARIABLES.get(name)
        if known is not None:
            yield from _known(key, known, value)
        elif name.startswith(_CONNECTION):
            if _has_password(value) or _password_of_json(value):
                yield f"{key}: a connection with a password does not belong here; `airside secrets edit` has a place"
        elif _is_secret(name, value) and not (name.startswith("AIRFLOW__") and _is_reference(name.lower())):
            yield f"{key}: a secret does not belong here; it would be in the files of the platform"


def _store(settings: Settings) -> Iterator[str]:
    for option, value in settings.store.options.items():
        if _is_secret(option, value):
            yield f"store.options.{option}: a secret does not belong here; the store reads the provider's variables"


def _known(key: str, secret: SecretName, value: str) -> Iterator[str]:
    if not secret.url or _has_password(value):
        yield f"{key}: a secret does not belong here ({secret.meaning}); each platform has its own"


def _is_secret(name: str, value: str) -> bool:
    return bool(value) and (bool(_SECRET.search(name.lower())) or _has_password(value))


def _is_reference(option: str) -> bool:
    """Tell whether it is where Airflow finds a secret: what prints it, or what a secrets backend calls it.

    The suffixes are those of airflow/_shared/configuration/parser.py 3.3.2.
    """
    whole, _, kind = option.rpartition("_")
    return kind == "cmd" or (kind == "secret" and (bool(_SECRET.search(whole)) or whole.endswith(_LONG)))


def _has_password(value: str) -> bool:
    try:
        return "://" in value and bool(urlsplit(value.removeprefix("db+")).password)
    except ValueError:  # no URL that anybody can read; it may hold whatever
        return True


def _password_of_json(value: str) -> bool:
    try:
        document = json.loads(value)
    except ValueError:
        return False
    return isinstance(document, dict) and any(
        _is_secret(name, str(inner or "")) for name, inner in document.items() if isinstance(name, str)
    )
