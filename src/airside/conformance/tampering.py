"""Stores that hand out other bytes than were written: damaged, foreign, stale, or without compare-and-swap."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from airside.conformance.faults import Wrapped
from airside.store.port import Found, Listed, Revision, Unchanged, too_large

ANY_SIZE = 1 << 30
"""Bytes of the largest object that a release may have."""


@dataclass
class Tampering(Wrapped):
    """Changes what is read from keys that begin with `prefix`; what is stored stays as it is.

    Attributes:
        prefix: Of the keys that it changes.
        tampered: The keys that it changed, in the order of the reads.
    """

    prefix: str = ""
    tampered: list[str] = field(default_factory=list)

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        """See `Store.read`."""
        # The limit is that of the reader, for what it gets.
        found = super().read(key, limit=ANY_SIZE, unless=unless)
        if not isinstance(found, Found):
            return found
        data = found.data
        if key.startswith(self.prefix) and (data := self.changed(found.data)) != found.data:
            self.tampered.append(key)
        if len(data) > limit:
            raise too_large(key, self.location, size=len(data), limit=limit)
        return Found(data, found.revision)

    def changed(self, data: bytes) -> bytes:
        """Return what is handed out in place of `data`."""
        return data


@dataclass
class BitFlip(Tampering):
    """Flips one bit.

    Attributes:
        bit: Which one; counted modulo the bits of the object.
    """

    bit: int = 0

    def changed(self, data: bytes) -> bytes:
        """Return `data` with the bit flipped; nothing has no bit."""
        if not data:
            return data
        byte, bit = divmod(self.bit % (len(data) * 8), 8)
        return data[:byte] + bytes([data[byte] ^ 1 << bit]) + data[byte + 1 :]


@dataclass
class Truncate(Tampering):
    """Cuts the end off.

    Attributes:
        by: How many bytes.
    """

    by: int = 1

    def changed(self, data: bytes) -> bytes:
        """Return the beginning of `data`."""
        return data[: max(len(data) - self.by, 0)]


@dataclass
class Extend(Tampering):
    """Adds to the end.

    Attributes:
        more: What is added.
    """

    more: bytes = b"\0"

    def changed(self, data: bytes) -> bytes:
        """Return `data` and more."""
        return data + self.more


@dataclass
class Swap(Wrapped):
    """Hands out one object under the name of another.

    Attributes:
        keys: What is read in place of each key.
    """

    keys: dict[str, str] = field(default_factory=dict)

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        """See `Store.read`."""
        return super().read(self.keys.get(key, key), limit=limit, unless=unless)


@dataclass
class Laggy(Wrapped):
    """Reads from a copy that is behind; writes reach the store at once, and compare with what is there.

    Attributes:
        prefix: Of the keys whose copies are behind.
        lagging: Whether reads and listings come from the copy that `remember` took.
    """

    prefix: str = ""
    lagging: bool = True
    _copy: dict[str, tuple[Found, Listed]] = field(default_factory=dict, repr=False)

    def remember(self) -> None:
        """Take the copy: all that is there now."""
        self._copy = {}
        for listed in self.inner.list(""):
            if isinstance(found := self.inner.read(listed.key, limit=ANY_SIZE), Found):
                self._copy[listed.key] = (found, listed)

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        """See `Store.read`; the answer may be of the past."""
        if not (self.lagging and key.startswith(self.prefix)):
            return super().read(key, limit=limit, unless=unless)
        return self.intercept("read", key, lambda: self._remembered(key, limit, unless))

    def list(self, prefix: str) -> Iterator[Listed]:
        """See `Store.list`; the answer may be of the past."""
        if not (self.lagging and prefix.startswith(self.prefix)):
            return super().list(prefix)
        below = [listed for key, (_, listed) in sorted(self._copy.items()) if key.startswith(prefix)]
        return self.intercept("list", prefix, lambda: iter(below))

    def _remembered(self, key: str, limit: int, unless: Revision | None) -> Found | Unchanged | None:
        if key not in self._copy:
            return None
        found, _ = self._copy[key]
        if len(found.data) > limit:
            raise too_large(key, self.location, size=len(found.data), limit=limit)
        return Unchanged.UNCHANGED if found.revision == unless else found


@dataclass
class NoCompareAndSwap(Wrapped):
    """Ignores the conditions of writes and says that all is well, as servers do that do not know the headers.

    Attributes:
        creates_blindly: Whether `create` overwrites.
        replaces_blindly: Whether `replace` does not compare.
    """

    creates_blindly: bool = True
    replaces_blindly: bool = True

    def create(self, key: str, data: bytes) -> bool:
        """See `Store.create`, of which this keeps nothing."""
        if self.creates_blindly:
            self.inner.delete(key)
        return super().create(key, data)

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        """See `Store.replace`, of which this keeps nothing."""
        if not self.replaces_blindly:
            return super().replace(key, data, expected)
        self.calls.append(f"replace {key}")
        self.inner.delete(key)
        self.inner.create(key, data)
        found = self.inner.read(key, limit=ANY_SIZE)
        return found.revision if isinstance(found, Found) else None
