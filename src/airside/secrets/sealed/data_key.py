"""The key of a document, which lies in it once for every recipient."""

from typing import Any

import pyrage

from airside.base.errors import IntegrityError, UsageError
from airside.secrets.identities import Keys
from airside.secrets.sealed.metadata import TAKE_BACK, Metadata, Recipient

_KEY_BYTES = 32


def data_key(metadata: Metadata, keys: Keys, *, what: str) -> bytes:
    """Return the key that the values of the document `what` are encrypted with.

    Raises:
        UsageError: None of `keys` fits; it names those that would.
        IntegrityError: What is encrypted for one of `keys` is no key.
    """
    broken = None
    for recipient in metadata.recipients:
        key = _unwrapped(recipient, keys)
        if key is not None and len(key) == _KEY_BYTES:
            return key
        if key is not None or recipient.recipient in keys.public:
            broken = recipient.recipient
    if broken is not None:
        raise IntegrityError(f"The key in {what} that is encrypted for {broken} was changed", hint=TAKE_BACK)
    raise no_key(metadata, keys, what=what)


def _unwrapped(recipient: Recipient, keys: Keys) -> bytes | None:
    identities: list[Any] = list(keys.for_recipient(recipient.recipient))
    if not identities:
        return None
    try:
        unwrapped: bytes = pyrage.decrypt(recipient.enc.encode(), identities)
    except (pyrage.DecryptError, ValueError):
        return None  # the next recipient may be the one
    return unwrapped


def no_key(metadata: Metadata, keys: Keys, *, what: str) -> UsageError:
    """Return the error that none of `keys` decrypts the document `what`."""
    others = f"; it is also encrypted with {' and '.join(metadata.services)}" if metadata.services else ""
    can = ", ".join(recipient.recipient for recipient in metadata.recipients) or "no age key"
    if keys.public:
        return UsageError(
            f"No key here can decrypt {what}. Those who can: {can}{others}. The keys here: {', '.join(keys.public)}",
            hint=f"Ask one of them for access: airside secrets recipients add ENV {keys.public[0]}",
        )
    return UsageError(
        f"There is no age key here to decrypt {what}. Those who can: {can}{others}",
        hint="Bring yours (SOPS_AGE_KEY_FILE), or make one and ask for access: airside secrets init",
    )


def no_program(metadata: Metadata, *, what: str) -> UsageError:
    """Return the error that only the `sops` program could decrypt the document `what`, and there is none."""
    kinds = [*metadata.services, *(["age"] if metadata.recipients else [])]
    keys = "groups of keys" if metadata.grouped else f"keys of {' and '.join(kinds)}"
    return UsageError(
        f"{what} is encrypted for {keys}: here only the program sops can decrypt it, and it is not on PATH",
        hint="Install it where this runs: uv tool install 'airside[sops]'. It finds the credentials by itself.",
    )
