"""Keys that a KMS or Vault holds, by the URIs of securesystemslib."""

from typing import Final

from securesystemslib.exceptions import UnsupportedLibraryError
from securesystemslib.signer import (  # type: ignore[attr-defined] # it has no __all__
    AWSSigner,
    AzureSigner,
    GCPSigner,
    SSlibKey,
    VaultSigner,
)
from securesystemslib.signer import Signer as SslibSigner  # type: ignore[attr-defined]

from airside.base.errors import RefusedError, UsageError
from airside.signing.public import PublicKey
from airside.signing.signer import Signer

LIBRARIES: Final = {
    "awskms": "boto3",
    "azurekms": "azure-identity azure-keyvault-keys",
    "gcpkms": "google-cloud-kms",
    "hv": "hvac",
}
"""The Python packages that each scheme of URI needs."""

EXAMPLES: Final = (
    "awskms:alias/releases, gcpkms:projects/…/cryptoKeyVersions/1, azurekms://vault/keys/releases, hv:releases"
)


def is_remote(text: str) -> bool:
    """Tell whether `text` is the URI of a key in a KMS or Vault."""
    scheme, colon, rest = text.partition(":")
    return bool(colon and rest) and scheme in LIBRARIES


def find_remote(uri: str) -> tuple[str, PublicKey]:
    """Ask a KMS for the public part of a key.

    Args:
        uri: Which key. ``hv:NAME`` is the newest version of that key of Vault's transit engine.

    Returns:
        The URI to sign with, which names a version where the KMS has them, and the public part.

    Raises:
        UsageError: The library of that KMS is not installed, or the URI is of no known form.
        RefusedError: The KMS does not answer, has no such key, or denies access.
    """
    _require_remote(uri)
    try:
        found, key = _imported(uri)
        return found, PublicKey.of_sslib(key)
    except UnsupportedLibraryError as error:
        raise _missing(uri) from error
    except Exception as error:  # securesystemslib: signers raise whatever the library of their KMS raises
        raise _failed(uri, error) from error


def remote_signer(name: str, uri: str, public: PublicKey) -> Signer:
    """Return the signer of the key `uri`, whose public part is `public`.

    Raises:
        UsageError: The library of that KMS is not installed.
        RefusedError: The KMS cannot be used.
    """
    _require_remote(uri)
    try:
        return Signer(name, public, SslibSigner.from_priv_key_uri(uri, public.sslib))
    except UnsupportedLibraryError as error:
        raise _missing(uri) from error
    except Exception as error:  # as above
        raise _failed(uri, error) from error


def _imported(uri: str) -> tuple[str, SSlibKey]:
    scheme, _, rest = uri.partition(":")
    if scheme == "hv":
        name, _, version = rest.partition("/")
        found: tuple[str, SSlibKey] = VaultSigner.import_(name)
        if version and found[0] != uri:  # it finds the newest only
            raise ValueError(f"the newest version of this key is {found[0]}")
    elif scheme == "awskms":
        found = AWSSigner.import_(rest)
    elif scheme == "gcpkms":
        found = GCPSigner.import_(rest)
    else:
        vault, _, key = rest.removeprefix("//").partition("/")
        found = AzureSigner.import_(vault.partition(".")[0], key.removeprefix("keys/").partition("/")[0])
    return found


def _require_remote(uri: str) -> None:
    if not is_remote(uri):
        raise UsageError(f"{uri!r} is not the URI of a key in a KMS or Vault", hint=f"Such as {EXAMPLES}.")


def _missing(uri: str) -> UsageError:
    scheme = uri.partition(":")[0]
    packages = LIBRARIES[scheme].split()
    options = " ".join(f"--with {package}" for package in packages)
    return UsageError(
        f"Keys of {scheme}: need {' and '.join(packages)}, which this Python has not",
        hint=f"Install it beside airside: `uv tool install airside {options}`.",
    )


def _failed(uri: str, error: Exception) -> RefusedError:
    return RefusedError(
        f"Key {uri} cannot be used: {type(error).__name__}: {error}",
        hint="Look at the name of the key, and at the address and the rights that its keeper gives you.",
    )
