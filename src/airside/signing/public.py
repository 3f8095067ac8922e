"""The public part of a key: it names the key and verifies its signatures."""

import base64
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature as SslibSignature  # type: ignore[attr-defined] # it has no __all__
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

from airside.release.envelope import Signature

SCHEMES: Final = {
    "ed25519": ("ed25519",),
    "ecdsa": ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    "rsa": (
        "rsassa-pss-sha256",
        "rsassa-pss-sha384",
        "rsassa-pss-sha512",
        "rsa-pkcs1v15-sha256",
        "rsa-pkcs1v15-sha384",
        "rsa-pkcs1v15-sha512",
    ),
}
"""Schemes by type of key, as securesystemslib names them: Ed25519 for those made here, the others for KMSs."""

MIN_RSA_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key.

    Two names of one key have equal `public`, whatever scheme each of them states.

    Attributes:
        keyid: 64 hexadecimal digits: the SHA-256 of type, scheme and public part, as securesystemslib computes it.
        keytype: ``ed25519``, ``ecdsa`` or ``rsa``.
        scheme: How it signs, one of `SCHEMES`.
        public: Hexadecimal digits for Ed25519, a PEM for the others; in the one spelling that each key has.
    """

    keyid: str
    keytype: str
    scheme: str
    public: str
    _key: SSlibKey = field(repr=False, compare=False)

    @classmethod
    def of(cls, keytype: str, scheme: str, public: str, keyid: str | None = None) -> Self:
        """Return the key.

        Args:
            keytype: Its type.
            scheme: How it signs.
            public: Its public part.
            keyid: What its id is said to be; None where nothing is said.

        Raises:
            ValueError: It is no key, or not the one with that id.
        """
        if scheme not in SCHEMES.get(keytype, ()):
            raise ValueError(f"keytype {keytype!r} with scheme {scheme!r} is not supported")
        parsed = _ed25519(public) if keytype == "ed25519" else _pem(public)
        usual = SSlibKey.from_crypto(parsed)
        if usual.keytype != keytype or (keytype == "ecdsa" and usual.scheme != scheme):
            raise ValueError(f"public: this is a key of type {usual.keytype} for scheme {usual.scheme}")
        # The id is computed from the key: one that is only stated could be that of another key.
        key = SSlibKey.from_crypto(parsed, scheme=scheme)
        if keyid not in {None, key.keyid}:
            raise ValueError(f"keyid does not fit the public part: that of this key is {key.keyid}")
        return cls(key.keyid, keytype, scheme, key.keyval["public"], key)

    @classmethod
    def of_sslib(cls, key: SSlibKey) -> Self:
        """Return a key of securesystemslib.

        Raises:
            ValueError: It is of a kind that is not supported.
        """
        # Some KMS signers state the type that ECDSA keys had in older versions: the scheme.
        keytype = "ecdsa" if key.keytype == key.scheme and key.scheme in SCHEMES["ecdsa"] else key.keytype
        return cls.of(keytype, key.scheme, key.keyval["public"])

    @property
    def sslib(self) -> SSlibKey:
        """The key as securesystemslib has it."""
        return self._key

    @property
    def short(self) -> str:
        """The first eight digits of the id, for people."""
        return self.keyid[:8]

    def verifies(self, signature: Signature, data: bytes) -> bool:
        """Tell whether this key made `signature` of `data`."""
        if signature.keyid != self.keyid:
            return False
        try:
            raw = base64.b64decode(signature.sig, validate=True)
            self._key.verify_signature(SslibSignature(self.keyid, raw.hex()), data)
        except (ValueError, UnverifiedSignatureError):
            return False
        return True


def _ed25519(text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
    except ValueError as error:
        raise ValueError("public: expected 64 hexadecimal digits") from error


def _pem(text: str) -> RSAPublicKey | EllipticCurvePublicKey:
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("public: expected a public key as PEM") from error
    if isinstance(key, EllipticCurvePublicKey) or (isinstance(key, RSAPublicKey) and key.key_size >= MIN_RSA_BITS):
        return key
    raise ValueError(f"public: expected an ECDSA key, or an RSA key of at least {MIN_RSA_BITS} bits")
