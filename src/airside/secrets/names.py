"""Which connections and variables an environment has, read without any key: SOPS encrypts values and keeps names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airside.base.errors import FindingsError
from airside.secrets.layers import document_names
from airside.secrets.markup import HINT, load_markup


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
    paths = [folder / name for name in document_names(environment)]
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
        raise FindingsError(f"{path.parent.name}/{path.name} cannot be read: {error.strerror}", hint=HINT) from error
    return True


def _names(path: Path) -> SecretNames:
    shown = f"{path.parent.name}/{path.name}"
    document = _load(path, shown)
    return SecretNames(_section(document, "connections", shown), _section(document, "variables", shown))


def _load(path: Path, shown: str) -> Mapping[str, Any]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FindingsError(f"{shown} cannot be read: {error.strerror}", hint=HINT) from error
    return load_markup(data, what=shown)


def _section(document: Mapping[str, Any], name: str, shown: str) -> frozenset[str]:
    entries = document.get(name) or {}
    if not isinstance(entries, dict):
        raise FindingsError(f"{shown}: {name}: expected a mapping of names", hint=HINT)
    return frozenset(entries)
