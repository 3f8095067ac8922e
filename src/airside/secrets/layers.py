"""The documents of an environment, one over the other.

`base.yaml` is for all environments; an entry of the environment's own document replaces the one of `base.yaml` as a
whole.
"""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from airside.base.names import bundle_name
from airside.secrets.document import SecretDocument, read_document
from airside.secrets.identities import Keys
from airside.secrets.sealed.document import open_document
from airside.secrets.values import Connection, Secrets

BASE = "base.yaml"


def document_names(environment: str) -> tuple[str, str]:
    """Return the names of the files with the secrets of `environment`, that of all environments first."""
    return BASE, f"{bundle_name(environment)}.yaml"


def open_secrets(documents: Mapping[str, bytes], keys: Keys, *, version: str | None = None) -> Secrets:
    """Return what encrypted documents say together.

    Args:
        documents: Their bytes, by the names that messages use; a later one lies over an earlier one.
        keys: What to decrypt them with.
        version: Of the result; None makes one of the bytes.

    Raises:
        AirsideError: As `open_document`; FindingsError also where a document has another shape.
    """
    parsed = [read_document(open_document(data, keys, what=what), what=what) for what, data in documents.items()]
    return _layered(parsed, _version(documents.values()) if version is None else version)


def _layered(documents: Iterable[SecretDocument], version: str) -> Secrets:
    connections: dict[str, Connection] = {}
    variables: dict[str, str] = {}
    in_vault: dict[str, str] = {}
    for document in documents:
        for key in (*document.variables, *document.vault_variables):
            variables.pop(key, None)
            in_vault.pop(key, None)
        connections.update(document.connections)
        variables.update(document.variables)
        in_vault.update(document.vault_variables)
    return Secrets(
        MappingProxyType(connections), MappingProxyType(variables), MappingProxyType(in_vault), version=version
    )


def _version(documents: Iterable[bytes]) -> str:
    digests = [hashlib.sha256(data).digest() for data in documents]
    return hashlib.sha256(b"".join(digests)).hexdigest() if digests else ""
