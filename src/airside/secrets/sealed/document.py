"""An encrypted document, from its bytes to what it holds."""

from typing import Any

from airside.secrets.identities import Keys
from airside.secrets.markup import load_markup
from airside.secrets.sealed.data_key import data_key, no_key, no_program
from airside.secrets.sealed.metadata import Metadata, read_metadata
from airside.secrets.sealed.opening import unseal


def open_document(data: bytes, keys: Keys, *, what: str) -> dict[str, Any]:
    """Return the encrypted document `data` decrypted and verified, without its section ``sops``.

    Args:
        data: YAML or JSON of SOPS.
        keys: What to decrypt it with.
        what: How messages name the file.

    Raises:
        UsageError: No key fits, or it is not encrypted at all.
        IntegrityError: It is not what was encrypted; the message names the entry where that can be told.
        FindingsError: It is not YAML or JSON, or beyond the limits.
    """
    document = load_markup(data, what=what)
    metadata = read_metadata(document, what=what)
    if not _needs_program(metadata, keys):
        return unseal(document, metadata, data_key(metadata, keys, what=what), what=what)
    if keys.program is None:
        alone = metadata.grouped or not metadata.recipients
        raise no_program(metadata, what=what) if alone else no_key(metadata, keys, what=what)
    return load_markup(keys.program.decrypt(data, what=what), what=what)


def _needs_program(metadata: Metadata, keys: Keys) -> bool:
    """Tell whether only the program can decrypt: age keys of ours are enough, unless groups share the key."""
    if metadata.grouped:
        return True
    return bool(metadata.services) and not any(keys.holds(recipient.recipient) for recipient in metadata.recipients)
