"""From the `store.url` and `store.options` of `airside.toml` to a store."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, MemoryStore, S3Store

from airside.base.errors import UsageError
from airside.store.folder import FolderStore
from airside.store.objects import RETRY, ObjectStore
from airside.store.port import Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig
    from obstore.store import ObjectStore as Bucket

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_URLS = "a path, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix"

_memories: dict[str, MemoryStore] = {}


def open_store(url: str, options: Mapping[str, str]) -> Store:
    """Return the store at `url`. Makes no request: the first use finds out whether it is there.

    Besides `options`, obstore reads the usual variables of each provider: ``AWS_ACCESS_KEY_ID``,
    ``GOOGLE_APPLICATION_CREDENTIALS``, ``AZURE_STORAGE_ACCOUNT_NAME`` ….

    Args:
        url: An absolute path, `file:///path`, `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix`,
            or `memory://name`, which lives as long as the process.
        options: For buckets, obstore's settings of that provider: `endpoint`, `region`, `access_key_id` …; and
            `allow_http = "true"` for an endpoint elsewhere that has no TLS.

    Raises:
        UsageError: The URL or an option is wrong.
    """
    if url.startswith("/"):
        return _folder(url, url, options)
    parts = urlsplit(url)
    if parts.query or parts.fragment or parts.username or parts.password:
        raise UsageError(
            f"The store URL of scheme {parts.scheme!r} holds a user, a query or a fragment",
            hint="Give credentials as environment variables of the provider, or in `store.options`.",
        )
    match parts.scheme:
        case "file" if parts.netloc in {"", "localhost"} and parts.path.startswith("/"):
            return _folder(unquote(parts.path), url, options)
        case "memory":
            memory = _memories.setdefault(parts.netloc + parts.path, MemoryStore())
            return ObjectStore(lambda _: memory, url)
        case "s3" | "gs" | "az" if parts.netloc:
            return _bucket(parts, options)
    raise UsageError(f"{url!r} is not the place of a store", hint=f"Give {_URLS}.")


def _folder(path: str, url: str, options: Mapping[str, str]) -> Store:
    if options:
        raise UsageError(f"The store {url} is a folder and takes no options: {', '.join(sorted(options))}")
    return FolderStore(Path(path))


def _bucket(parts: SplitResult, options: Mapping[str, str]) -> Store:
    open_: Callable[..., Bucket] = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}[parts.scheme]
    config: dict[str, Any] = dict(options)
    endpoint = urlsplit(config.get("endpoint", ""))
    asked = config.pop("allow_http", "false").lower() == "true"
    if endpoint.scheme == "http" and not asked and endpoint.hostname not in _LOOPBACK:
        raise UsageError(
            f"The store endpoint {endpoint.hostname} has no TLS, so everybody on the way can change what you deploy",
            hint='Use https, or set allow_http = "true" in `store.options` of airside.toml.',
        )
    location = f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
    if endpoint.hostname:
        location += f" at {endpoint.hostname}{f':{endpoint.port}' if endpoint.port else ''}"
    transport: ClientConfig = {"allow_http": True} if endpoint.scheme == "http" else {}

    def connect(limits: "ClientConfig") -> "Bucket":
        prefix = parts.path.strip("/") or None
        return open_(parts.netloc, prefix=prefix, config=config, client_options=limits | transport, retry_config=RETRY)

    try:
        return ObjectStore(connect, location)
    except (BaseError, ValueError) as error:
        # The text of the exception may quote the value of an option, and that may be a key.
        raise UsageError(
            f"The options of the store {location} are wrong: {', '.join(sorted(options)) or 'there are none'}",
            hint="obstore's documentation lists those of each provider.",
        ) from error
