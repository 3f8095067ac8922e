"""The names of the objects in a store (docs/formats/store.md)."""

from typing import Final

from airside.base.digest import Digest

FORMAT_KEY: Final = "format.json"
PACKS: Final = "packs/"
TREES: Final = "trees/"
DESCRIPTIONS: Final = "descriptions/"
RELEASES: Final = "releases/"
ENVIRONMENTS: Final = "environments/"
HISTORY: Final = "history/"
PROBE: Final = "probe/"
GC: Final = "gc/"
REMOVED: Final = "gc/removed/"
CLOCK: Final = "gc/clock/"
SIGNATURES: Final = "signatures/"
SILENCES: Final = "alerts/silences/"


def pack_key(digest: Digest) -> str:
    """Return the key of the pack with this digest."""
    return f"{PACKS}{digest}"


def tree_key(tree: Digest) -> str:
    """Return the key of the manifest of this tree."""
    return f"{TREES}{tree}.json"


def description_key(description: Digest) -> str:
    """Return the key of the description with this digest."""
    return f"{DESCRIPTIONS}{description}"


def release_key(release: str) -> str:
    """Return the key of the record with this id."""
    return f"{RELEASES}{release}.json"


def environment_key(environment: str) -> str:
    """Return the key of the pointer of this environment, or of this channel of an environment's secrets."""
    return f"{ENVIRONMENTS}{environment}.json"


def history_key(environment: str, generation: int) -> str:
    """Return the key of one entry of the history of this environment; keys sort like generations."""
    return f"{HISTORY}{environment}/{generation:020d}.json"


def signature_key(release: str, keyid: str) -> str:
    """Return the key of the detached signature of this release by the key with this id."""
    return f"{SIGNATURES}{release}/{keyid}.json"


def tombstone_key(key: str) -> str:
    """Return the key of the tombstone of the object `key`, which garbage collection has in view."""
    return f"{GC}{key}"


def removed_key(release: str) -> str:
    """Return the key of the note that garbage collection removed the release with this id."""
    return f"{REMOVED}{release}.json"


def silence_key(silence: str) -> str:
    """Return the key of the silence with this id."""
    return f"{SILENCES}{silence}.json"


def silence_end_key(silence: str) -> str:
    """Return the key of the note that the silence with this id was ended before its time."""
    return f"{SILENCES}{silence}/ended.json"
