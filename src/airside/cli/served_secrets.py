"""The secrets of what the local Airflow serves: whether the user's key decrypts them, and what hides them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from airside.base.errors import AirsideError, FindingsError, StoreError
from airside.cli import environ
from airside.cli.context import Context
from airside.running.current import LOCAL

if TYPE_CHECKING:
    from airside.platform.airflow_secrets import Shadow
    from airside.platform.local import RunningPlatform


def locked(context: Context, tracked: Iterable[str]) -> list[AirsideError]:
    """Return why look-ups fail in what Airflow serves: the user's key does not decrypt it, or it is broken.

    Args:
        context: Of the invocation.
        tracked: The environments that Airflow serves; none means the working tree.
    """
    from airside.secrets.identities import load_keys
    from airside.secrets.layers import open_secrets

    faults = []
    for documents in _documents(context, tracked):
        try:
            keys = load_keys(environ.variables(), None)
            open_secrets(documents, keys)
        except AirsideError as error:
            faults.append(error)
    return faults


def hidden(context: Context, platform: "RunningPlatform") -> "list[Shadow]":
    """Return the names in the documents for which an environment variable of the local Airflow answers."""
    from airside.platform.airflow_secrets import process_variables, shadows
    from airside.secrets.ciphertext import merged_entries

    names: set[tuple[str, str]] = set()
    for documents in _documents(context, platform.tracked):
        try:
            names |= merged_entries(documents).keys()
        except FindingsError:  # `airside secrets check` is who tells what is wrong with a document
            continue
    variables = platform.description.environ | dict(process_variables(platform.description.supervisor))
    return list(shadows(names, variables))


def _documents(context: Context, tracked: Iterable[str]) -> Iterator[Mapping[str, bytes]]:
    """Yield the encrypted documents of each environment that Airflow serves, by path, the deeper layer first."""
    environments = tuple(tracked)
    if not environments:
        paths = [context.workspace.root / "secrets" / name for name in ("base.yaml", f"{LOCAL}.yaml")]
        yield {f"secrets/{path.name}": path.read_bytes() for path in paths if path.is_file()}
        return
    from airside.delivery.secret_documents import read_applied

    for environment in environments:
        try:
            applied = read_applied(context.store, environment)
        except StoreError:  # Airflow runs on with what it has read before
            continue
        if applied:
            yield dict(sorted(applied.items(), key=lambda each: not each[0].endswith("/base.yaml")))
