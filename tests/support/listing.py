"""The keys in a store."""

from airside.store.port import Store


def keys_of(store: Store, prefix: str) -> list[str]:
    return [found.key for found in store.list(prefix)]
