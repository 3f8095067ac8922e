"""The public part of a key as a document: what lies in the user's keyring and is sent to colleagues."""

from typing import Self

import msgspec

from airside.base.errors import IntegrityError, UsageError
from airside.base.names import NAME_RULE, is_name
from airside.release.encoding import Document, canonical, decode
from airside.signing.public import PublicKey


class KeyDocument(Document, frozen=True, kw_only=True, tag_field="kind", tag="key"):
    """The public part of a key, as `airside keys export` prints it.

    Attributes:
        name: What its owner calls it.
        uri: Where the private part is; None in what is handed to others.
    """

    name: str
    keyid: str
    keytype: str
    scheme: str
    public: str
    uri: str | None = None

    @classmethod
    def of(cls, name: str, key: PublicKey, uri: str | None = None) -> Self:
        """Return the document of `key`."""
        return cls(name=name, keyid=key.keyid, keytype=key.keytype, scheme=key.scheme, public=key.public, uri=uri)

    @property
    def key(self) -> PublicKey:
        """The public part.

        Raises:
            ValueError: It is no key, or its id is that of another one.
        """
        return PublicKey.of(self.keytype, self.scheme, self.public, self.keyid)

    def to_bytes(self) -> bytes:
        """Return the document as it is stored: indented, a line for each field that is set."""
        fields = {key: value for key, value in msgspec.to_builtins(self).items() if value is not None}
        return msgspec.json.format(canonical(fields), indent=2) + b"\n"


def parse_key(data: bytes, what: str) -> KeyDocument:
    """Return the key document `data`.

    Raises:
        UsageError: It is none, or a newer Airside wrote it; the message names `what`.
    """
    try:
        document = decode(data, KeyDocument, what=what)
        _ = document.key
    except IntegrityError as error:
        raise UsageError(error.message, hint="`airside keys export NAME` prints such a file.") from error
    except ValueError as error:
        raise UsageError(f"{what} holds no usable key: {error}") from error
    if not is_name(document.name):
        raise UsageError(f"{what}: {document.name!r} is not a name: {NAME_RULE}")
    return document
