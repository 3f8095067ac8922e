"""From a decrypted text to the bytes of a document, and back: checked before and after it is encrypted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airside.base.errors import FindingsError
from airside.secrets.document import read_document
from airside.secrets.markup import load_markup
from airside.secrets.outline import read_outline, refuse_conflict
from airside.secrets.reading import Keys, open_document
from airside.secrets.sops import Sops

_HINT = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Sealer:
    """Encrypts texts of documents.

    Attributes:
        sops: The program.
        keys: With which what was encrypted is read back.
        folder: A private folder.
    """

    sops: Sops
    keys: Keys
    folder: Path

    def open(self, sealed: bytes, *, what: str) -> str:
        """Return the text of the encrypted bytes `sealed`, comments included.

        Raises:
            UsageError: The user's key cannot decrypt it.
            IntegrityError: It was tampered with.
        """
        refuse_conflict(sealed, what=what)
        return self.sops.decrypt(sealed, what=what).decode()

    def seal(self, text: str, path: Path, before: bytes | None) -> bytes:
        """Return `text` encrypted as the file `path`.

        Args:
            text: What the document is to say.
            path: Where it will be.
            before: Its encrypted bytes until now: values that stay keep their ciphertext. None for a new file.

        Raises:
            FindingsError: `text` is no document, or it does not come back from `sops` as it was written.
        """
        data, what = text.encode(), path.name
        try:
            meant = _meant(data, what)
        except FindingsError as error:
            raise FindingsError(error.message, hint=_HINT) from None
        if before is None:
            sealed = self.sops.encrypt(data, path)
        else:
            sealed = self.sops.edit(before, data, self.folder, what=what)
        if sealed != before:
            self._compare(meant, sealed, what)
        return sealed

    def _compare(self, meant: dict[str, Any], sealed: bytes, what: str) -> None:
        outline = read_outline(sealed, what=what)
        clear = list(outline.in_clear())
        if clear:
            raise FindingsError(
                "\n".join(f"{what}: {place}: would not be encrypted" for place in clear),
                hint=f"sops leaves what ends in `_unencrypted` in clear, and what .sops.yaml says. {_HINT}",
            )
        found = open_document(sealed, self.keys, what=what)
        faults = [f"{what}: {place}: sops reads another value there" for place in _differences(meant, found)]
        if faults:
            raise FindingsError("\n".join(faults), hint=f"Put it in quotes. {_HINT}")


def _meant(data: bytes, what: str) -> dict[str, Any]:
    meant = load_markup(data, what=what)
    if not meant:
        raise FindingsError(f"{what} is empty; for a document without secrets write `connections: {{}}`")
    read_document(meant, what=what)
    return meant


def _differences(meant: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    for section in dict.fromkeys((*meant, *found)):
        one, other = meant.get(section) or {}, found.get(section) or {}
        if isinstance(one, dict) and isinstance(other, dict):
            names = dict.fromkeys((*one, *other))
            yield from (f"{section}.{name}" for name in names if not _same(one.get(name), other.get(name)))


def _same(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other
