"""What the verbs of `airside alerts` share: the watcher's folder, and the connections of environments."""

from pathlib import Path
from typing import TYPE_CHECKING

from airside.base.names import bundle_name
from airside.cli import environ
from airside.cli.context import Context
from airside.running.current import LOCAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from airside.alerts.state import StateFile
    from airside.platform.local import RunningPlatform
    from airside.secrets.values import Secrets

    ReadSecrets = Callable[[str], Secrets]


def state_file(context: Context) -> "StateFile":
    """Return what the watcher of this workspace, on this machine, knows."""
    from airside.alerts.state import StateFile

    return StateFile(context.workspace.state / "alerts")


def secrets_of(context: Context, environment: str) -> "tuple[Secrets, str]":
    """Return the secrets of `environment` as they are now, and where they are from.

    Those that were applied to it; of `dev`, and where none were applied yet, the documents of the working tree.

    Raises:
        AirsideError: They cannot be read, or your key does not decrypt them.
    """
    from airside.delivery.secret_documents import read_applied
    from airside.secrets.folder_source import FolderSource
    from airside.secrets.identities import load_keys
    from airside.secrets.layers import open_secrets

    keys = load_keys(environ.variables(), None)
    if environment != LOCAL and (applied := read_applied(context.store, environment)):
        ordered = dict(sorted(applied.items(), key=lambda each: not each[0].endswith("/base.yaml")))
        return open_secrets(ordered, keys), f"as applied to {environment}"
    folder = context.workspace.root / "secrets"
    return FolderSource(folder, environment, keys).read(), "of the working tree"


def following_secrets(context: Context, platform: "RunningPlatform") -> "ReadSecrets":
    """Return what reads the secrets of an environment that the local Airflow serves, again and again.

    Raises:
        AirsideError: The user's keys cannot be read.
    """
    from airside.secrets.folder_source import FolderSource
    from airside.secrets.identities import load_keys
    from airside.secrets.store_source import StoreSource
    from airside.workspace.layout import trust_file

    keys, root = load_keys(environ.variables(), None), state_file(context).folder / "secrets"
    trust, store = trust_file(context.workspace), (lambda: context.store)
    followed = {
        environment: StoreSource(_private(root / bundle_name(environment)), environment, store, keys, trust)
        for environment in platform.tracked
    }
    local = FolderSource(context.workspace.root / "secrets", LOCAL, keys)
    return lambda environment: (followed.get(environment) or local).read()


def _private(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
