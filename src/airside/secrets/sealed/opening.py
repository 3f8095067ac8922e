"""Decrypting a document: every value at its place, then the checksum over all of them (`Tree.Decrypt` in sops.go)."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, cast

from airside.base.errors import IntegrityError
from airside.secrets.sealed.leaf import Cipher, LeafError, Value, hashed, is_sealed, value_of
from airside.secrets.sealed.metadata import SECTION, TAKE_BACK, Metadata

_ONLY_ENCRYPTED: Final = hashlib.sha256(b"sops").digest()
"""With which the checksum begins where it leaves out what is not encrypted."""

_MAX_GUESSES = 5000
"""At how many other places a value is tried that is wrong at its own, to tell whether it was moved."""

_MAX_GUESSED_BYTES = 16 * 1024 * 1024
"""How much is decrypted for that, in all: a large value is tried at fewer places."""

Path = tuple[str, ...]


def unseal(document: Mapping[str, Any], metadata: Metadata, key: bytes, *, what: str) -> dict[str, Any]:
    """Return `document` decrypted with its `key`, without the section ``sops``.

    Raises:
        IntegrityError: It is not what was encrypted. The message names the entry where that can be told.
    """
    tree = {name: node for name, node in document.items() if name != SECTION}
    opening = _Opening(tree, metadata, Cipher(key), what)
    return opening.run()


class _Opening:
    """One pass over a document, in its order."""

    def __init__(self, tree: dict[str, Any], metadata: Metadata, cipher: Cipher, what: str) -> None:
        self._tree = tree
        self._metadata = metadata
        self._cipher = cipher
        self._what = what
        self._hash = hashlib.sha512(_ONLY_ENCRYPTED if metadata.mac_only_encrypted else b"")

    def run(self) -> dict[str, Any]:
        opened = {key: self._node(node, (key,)) for key, node in self._tree.items()}
        self._require_checksum()
        return opened

    def _node(self, node: object, path: Path) -> object:
        if isinstance(node, dict):
            return {key: self._node(part, (*path, key)) for key, part in node.items()}
        if isinstance(node, list):
            return [self._node(part, path) for part in node]
        return None if node is None else self._leaf(node, path)

    def _leaf(self, leaf: object, path: Path) -> object:
        if not self._is_encrypted(leaf, path):
            if not self._metadata.mac_only_encrypted:
                self._hash.update(hashed(cast("Value", leaf)))
            return leaf
        if leaf == "":
            return ""  # as sops leaves it
        if not isinstance(leaf, str) or not leaf.startswith("ENC["):
            raise IntegrityError(f"{self._what}: {shown(path)} is not encrypted", hint=_PLAIN_HINT)
        try:
            plain, kind = self._cipher.open(leaf, _bound(path))
            value = value_of(plain, kind)
        except LeafError as error:
            fault = self._moved(leaf, path) or str(error)
        else:
            self._hash.update(plain)
            return value
        raise IntegrityError(f"{self._what}: {shown(path)} {fault}", hint=TAKE_BACK)

    def _is_encrypted(self, leaf: object, path: Path) -> bool:
        rule = self._metadata.rule
        # What comments decide is seen by its form. The checksum has the last word on whether it is what was encrypted.
        return isinstance(leaf, str) and is_sealed(leaf) if rule.by_comments() else rule.encrypts(path)

    def _moved(self, leaf: str, path: Path) -> str | None:
        """Return to which other place of the document the value belongs that does not belong to `path`."""
        for other in islice(_places(self._tree, ()), min(_MAX_GUESSES, _MAX_GUESSED_BYTES // len(leaf))):
            if other != path and self._fits(leaf, other):
                return f"has the value of another entry, {shown(other)}"
        return None

    def _fits(self, leaf: str, path: Path) -> bool:
        try:
            self._cipher.open(leaf, _bound(path))
        except LeafError:
            return False
        return True

    def _require_checksum(self) -> None:
        try:
            expected, kind = self._cipher.open(self._metadata.mac, self._metadata.modified)
        except LeafError:
            expected, kind = b"", ""
        if kind != "str":
            raise IntegrityError(
                f"The checksum of {self._what}, or the time it is bound to, is missing or was changed", hint=TAKE_BACK
            )
        if not hmac.compare_digest(expected, self._hash.hexdigest().upper().encode()):
            raise IntegrityError(
                f"{self._what} is not what was encrypted: its values are good one by one, and its checksum does not "
                "hold. An entry was removed, added, put in another order or taken from an older state of the file",
                hint=TAKE_BACK,
            )


_PLAIN_HINT = "It stands in clear in the file, so it is no secret any more: change it, with airside secrets edit."


def _bound(path: Path) -> str:
    return ":".join(path) + ":"


def _places(node: object, path: Path) -> Iterator[Path]:
    if isinstance(node, dict):
        for key, part in node.items():
            yield from _places(part, (*path, key))
    elif isinstance(node, list):
        for part in node:
            yield from _places(part, path)
    elif isinstance(node, str):
        yield path


def shown(path: Sequence[str]) -> str:
    """Return how messages name the entry at `path`; on one line, and without what a terminal would obey."""
    text = ".".join(path)
    return text if text.isprintable() else repr(text)
