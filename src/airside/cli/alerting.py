"""What the verbs of `airside alerts` share: the watcher's folder, and the connections of environments."""

from pathlib import Path
from typing import TYPE_CHECKING

from airside.base.names import bundle_name
from airside.cli import environ
from airside.cli.context import Context
from airside.running.current import LOCAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airside.alerts.state import StateFile
    from airside.platform.local import RunningPlatform
    from airside.secrets.values import Secrets
    from airside.store.port import Store

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


def secrets_here(context: Context, platform: "RunningPlatform") -> "ReadSecrets":
    """Return what reads the secrets of an environment that the local Airflow serves, again and again.

    Raises:
        UsageError: The user's keys cannot be read.
    """
    from airside.secrets.folder_source import FolderSource
    from airside.secrets.identities import load_keys
    from airside.workspace.layout import trust_file

    trust, root = trust_file(context.workspace), state_file(context).folder / "secrets"
    followed = applied_secrets(root, platform.tracked, lambda: context.store, trust)
    local = FolderSource(context.workspace.root / "secrets", LOCAL, load_keys(environ.variables(), None)).read
    return lambda environment: followed(environment) if environment in platform.tracked else local()


def applied_secrets(
    root: Path, environments: "Iterable[str]", store: "Callable[[], Store]", trust: Path | None
) -> "ReadSecrets":
    """Return what reads the secrets that were applied to environments, again and again.

    Args:
        root: Where they are kept, encrypted.
        environments: Whose secrets.
        store: Opens the store that they were applied to.
        trust: The file that says whose signatures are demanded; None demands none.

    Raises:
        UsageError: The user's keys cannot be read.
    """
    from airside.secrets.identities import load_keys
    from airside.secrets.store_source import StoreSource

    keys = load_keys(environ.variables(), None)
    followed = {
        environment: StoreSource(_private(root / bundle_name(environment)), environment, store, keys, trust)
        for environment in environments
    }
    return lambda environment: followed[environment].read()


def _private(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
