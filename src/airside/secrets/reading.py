"""Reading the secrets of an environment in this process, without the `sops` program: what other rooms need for it."""

from airside.secrets.folder_source import FolderSource
from airside.secrets.identities import Keys, load_keys
from airside.secrets.layers import document_names, open_secrets
from airside.secrets.sealed.document import open_document
from airside.secrets.store_source import StoreSource
from airside.secrets.values import Connection, Secrets

__all__ = [
    "Connection",
    "FolderSource",
    "Keys",
    "Secrets",
    "StoreSource",
    "document_names",
    "load_keys",
    "open_document",
    "open_secrets",
]
