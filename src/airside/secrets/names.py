"""Which connections and variables an environment has, read without any key: SOPS encrypts values and keeps names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from airside.base.errors import FindingsError
from airside.base.names import bundle_name

_HINT = "Take it back from git, or correct it: airside secrets edit"


@dataclass(frozen=True, slots=True)
class SecretNames:
    """The names in the secrets of an environment.

    Attributes:
        connections: Their ids.
        variables: Their keys.
    """

    connections: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()


def read_secret_names(folder: Path, environment: str) -> SecretNames | None:
    """Return the names in ``base.yaml`` and in the file of `environment` below `folder`; None where there is neither.

    Raises:
        FindingsError: A file is not a document of secrets.
    """
    paths = [folder / "base.yaml", folder / f"{bundle_name(environment)}.yaml"]
    found = [_names(path) for path in paths if _is_there(path)]
    if not found:
        return None
    return SecretNames(
        connections=frozenset().union(*(names.connections for names in found)),
        variables=frozenset().union(*(names.variables for names in found)),
    )


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise FindingsError(f"{path.parent.name}/{path.name} cannot be read: {error.strerror}", hint=_HINT) from error
    return True


def _names(path: Path) -> SecretNames:
    shown = f"{path.parent.name}/{path.name}"
    document = _load(path, shown)
    return SecretNames(_section(document, "connections", shown), _section(document, "variables", shown))


def _load(path: Path, shown: str) -> Mapping[Any, Any]:
    try:
        # The base loader makes text of every scalar: a key such as `2026-01-31` or `on` stays what was written.
        document = yaml.load(path.read_bytes(), Loader=yaml.BaseLoader)  # noqa: S506 - it constructs text only
    except OSError as error:
        raise FindingsError(f"{shown} cannot be read: {error.strerror}", hint=_HINT) from error
    except (yaml.YAMLError, ValueError):
        # The parser's message may quote a line, and a line may be a secret that is not encrypted yet.
        raise FindingsError(f"{shown} is not valid YAML", hint=_HINT) from None
    if document is None or document == "":
        return {}
    if not isinstance(document, dict):
        raise FindingsError(f"{shown}: expected the keys connections and variables", hint=_HINT)
    return document


def _section(document: Mapping[Any, Any], name: str, shown: str) -> frozenset[str]:
    entries = document.get(name) or {}
    if not isinstance(entries, dict):
        raise FindingsError(f"{shown}: {name}: expected a mapping of names", hint=_HINT)
    return frozenset(key for key in entries if isinstance(key, str))
