"""Whoever holds a private key: signs envelopes with it."""

import base64
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined] # it has no __all__
from securesystemslib.signer import Signer as SslibSigner  # type: ignore[attr-defined]

from airside.base.errors import RefusedError, UsageError
from airside.release.envelope import Envelope, Signature
from airside.signing.public import PublicKey

PEM_MARK = "-----BEGIN "


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, here or in a KMS.

    Attributes:
        name: What it is called in messages.
        public: Its public part.
    """

    name: str
    public: PublicKey
    _signer: SslibSigner = field(repr=False, compare=False)

    @classmethod
    def of_pem(cls, name: str, pem: bytes) -> Self:
        """Return the signer with the private key `pem`, PKCS#8.

        Raises:
            UsageError: It is no such key, or asks for a passphrase. The message shows nothing of it.
        """
        try:
            private = load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            # `from None`: the message of the parser could quote what it parsed.
            raise UsageError(f"The signing key {name} is not a private key as PEM without a passphrase") from None
        if not isinstance(private, Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey):
            raise UsageError(f"The signing key {name} is of a kind that is not supported: {type(private).__name__}")
        try:
            signer = CryptoSigner(private)
            return cls(name, PublicKey.of_sslib(signer.public_key), signer)
        except ValueError as error:
            raise UsageError(f"The signing key {name} cannot be used: {error}") from error

    def sign(self, envelope: Envelope) -> Envelope:
        """Return `envelope` with the signature of this key added.

        Raises:
            RefusedError: The key cannot sign now, such as when its KMS does not answer.
        """
        return envelope.signed(self.signature(envelope))

    def signature(self, envelope: Envelope) -> Signature:
        """Return the signature of `envelope`, detached.

        Raises:
            RefusedError: The key cannot sign now, such as when its KMS does not answer.
        """
        data = envelope.signed_bytes
        try:
            made = bytes.fromhex(self._signer.sign(data).signature)
        except Exception as error:  # securesystemslib: signers raise whatever the library of their KMS raises
            raise RefusedError(
                f"Key {self.name} cannot sign: {type(error).__name__}: {error}",
                hint="Nothing was changed. Look at the address and the rights that the key's keeper gives you.",
            ) from error
        signature = Signature(self.public.keyid, base64.b64encode(made).decode())
        # Records are written once: a wrong signature, as of a key that its KMS has replaced, would stay in one.
        if not self.public.verifies(signature, data):
            raise RefusedError(
                f"Key {self.name} made a signature that does not fit its public part {self.public.short}",
                hint="Its keeper may have replaced it: add it anew with `airside keys add`.",
            )
        return signature


def pem_in(text: str) -> bytes | None:
    """Return the PEM that `text` is, or holds as base64 on one line; None where it is neither.

    CI services that hide variables in their logs, such as GitLab, take one line only.
    """
    stripped = text.strip()
    if stripped.startswith(PEM_MARK):
        return stripped.encode()
    try:
        inner = base64.b64decode(stripped, validate=True)
    except ValueError:
        return None
    return inner if inner.startswith(PEM_MARK.encode()) else None
