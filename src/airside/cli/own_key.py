"""The key that somebody signs with on purpose: `airside sign`, `airside approve`."""

from typing import TYPE_CHECKING

from airside.base.errors import UsageError
from airside.cli.context import Context

if TYPE_CHECKING:
    from airside.signing.signer import Signer


def own_signer(context: Context, key: str | None) -> "Signer":
    """Return the signer that `--key` names, else the usual one.

    Raises:
        UsageError: There is none, or `key` is a private key itself.
        RefusedError: It is in a KMS that cannot be used.
    """
    from airside.signing.keyring import chosen_signer
    from airside.signing.signer import pem_in

    if key is not None:
        if pem_in(key) is not None:
            raise UsageError("--key takes no key itself: others on this machine see what is typed")
        return chosen_signer(context.keyring, key, where="--key")
    if context.signer is None:
        raise UsageError("You have no signing key", hint="`airside keys generate` makes one.")
    return context.signer
