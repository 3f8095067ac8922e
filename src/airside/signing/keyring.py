"""The user's own signing keys: a folder outside every workspace and store.

`NAME.json` has the public part and says where the private one is: beside it in `NAME.pem`, or in a KMS.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined] # it has no __all__

from airside.base.errors import UsageError
from airside.base.names import NAME_RULE, is_name
from airside.signing.key_file import KeyDocument, parse_key
from airside.signing.private_files import make_private_folder, read_private, write_new
from airside.signing.public import PublicKey
from airside.signing.remote import find_remote, is_remote, remote_signer
from airside.signing.signer import Signer, pem_in

DEFAULT: Final = "default"
"""The key that signs when none is named."""

_FILE = "file2:"
"""securesystemslib's scheme of private keys in PEM files; what follows is relative to the folder of the keys."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The user's own keys.

    Attributes:
        folder: Where they are; need not exist.
    """

    folder: Path

    def names(self) -> list[str]:
        """Return the names of all keys, in order."""
        try:
            return sorted(path.stem for path in self.folder.glob("*.json") if is_name(path.stem))
        except OSError as error:
            raise UsageError(f"The folder {self.folder} cannot be read: {error.strerror}") from error

    def __iter__(self) -> Iterator[KeyDocument]:
        return (self.read(name) for name in self.names())

    def generate(self, name: str) -> KeyDocument:
        """Make an Ed25519 key.

        Raises:
            UsageError: There is a key of that name, or the folder cannot be written.
        """
        made = CryptoSigner.generate_ed25519()
        document = KeyDocument.of(name, PublicKey.of_sslib(made.public_key), f"{_FILE}{name}.pem")
        self._prepare(name)
        self._write(self.folder / f"{name}.pem", made.private_bytes, mode=0o600)
        self._write(self._path(name), document.to_bytes(), mode=0o644)
        return document

    def add(self, name: str, uri: str) -> KeyDocument:
        """Remember a key that a KMS or Vault holds.

        Raises:
            UsageError: There is a key of that name, `uri` is none, or its library is not installed.
            RefusedError: The KMS does not answer, has no such key, or denies access.
        """
        self._prepare(name)
        found, key = find_remote(uri)
        document = KeyDocument.of(name, key, found)
        self._write(self._path(name), document.to_bytes(), mode=0o644)
        return document

    def read(self, name: str) -> KeyDocument:
        """Return the key `name`.

        Raises:
            UsageError: There is none, or its file does not hold.
        """
        path = self._path(name)
        if not path.is_file():
            known = ", ".join(self.names()) or "none yet"
            raise UsageError(
                f"There is no key {name!r} in {self.folder} (known: {known})",
                hint=f"`airside keys generate {name}` makes it.",
            )
        return parse_key(path.read_bytes(), f"The key file {path}")

    def signer(self, name: str) -> Signer:
        """Return the signer of the key `name`.

        Raises:
            UsageError: There is none, others can read it, or it does not fit its public part.
            RefusedError: Its KMS cannot be used.
        """
        document = self.read(name)
        uri = document.uri or ""
        if is_remote(uri):
            return remote_signer(name, uri, document.key)
        if not uri.startswith(_FILE):
            raise UsageError(f"The key {name!r} in {self.folder} has no private part: its uri is {uri!r}")
        signer = Signer.of_pem(name, read_private(self.folder / uri.removeprefix(_FILE), follow=False))
        if signer.public != document.key:
            raise UsageError(f"{self.folder / name}.pem is not the private part of {name}.json beside it")
        return signer

    def signer_by_uri(self, uri: str) -> Signer:
        """Return the signer of a key in a KMS or Vault, which is asked for the public part of one not added before.

        Raises:
            UsageError: Its library is not installed.
            RefusedError: The KMS cannot be used.
        """
        for document in self:
            if document.uri == uri:
                return remote_signer(document.name, uri, document.key)
        found, key = find_remote(uri)
        return remote_signer(found, found, key)

    def _path(self, name: str) -> Path:
        if not is_name(name):
            raise UsageError(f"{name!r} cannot name a key: {NAME_RULE}")
        return self.folder / f"{name}.json"

    def _prepare(self, name: str) -> None:
        path = self._path(name)
        make_private_folder(self.folder)
        if path.exists() or path.with_suffix(".pem").exists():
            raise self._taken(name)

    def _write(self, path: Path, data: bytes, *, mode: int) -> None:
        try:
            write_new(path, data, mode=mode)
        except FileExistsError as error:
            raise self._taken(path.stem) from error

    def _taken(self, name: str) -> UsageError:
        return UsageError(
            f"There is a key {name!r} in {self.folder} already; it is not replaced",
            hint="Choose another name: what the old key signed would be trusted no more.",
        )


def chosen_signer(keyring: Keyring, choice: str, *, where: str) -> Signer:
    """Return the signer that `choice` means: a PEM, a URI, the name of a key, or the path of a PEM file.

    Args:
        keyring: The user's keys.
        choice: What somebody has set. It may be a secret, so it is in no message.
        where: What was set, for messages: ``AIRSIDE_SIGNING_KEY``.

    Raises:
        UsageError: It means none of them, or a key that cannot be used.
        RefusedError: Its KMS cannot be used.
    """
    if (pem := pem_in(choice)) is not None:
        return Signer.of_pem(f"of {where}", pem)
    if is_remote(choice):
        return keyring.signer_by_uri(choice)
    if choice in keyring.names():
        return keyring.signer(choice)
    if os.path.isfile(choice):  # noqa: PTH113 - that of Path raises for what is too long to be a path
        return Signer.of_pem(choice, read_private(Path(choice), follow=True))
    raise UsageError(
        f"{where} names no signing key: it is not one of {', '.join(keyring.names()) or 'no keys'} in "
        f"{keyring.folder}, nor a PEM, the path of a PEM file, or the URI of a key in a KMS",
        hint="`airside keys list` shows your keys.",
    )
