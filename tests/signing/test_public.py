"""Public keys: one spelling each, the id computed; verification agrees with other programs."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from securesystemslib.dsse import Envelope as SslibEnvelope
from signing_keys import release_by, signer

from airside.base.errors import RefusedError, UsageError
from airside.signing.public import PublicKey
from airside.signing.signer import Signer

EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)
WEAK_KEY = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused


def public_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | dsa.DSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("key", [EC_KEY, RSA_KEY], ids=["ecdsa", "rsa"])
def test_keys_of_a_kms_sign_and_verify(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    own = Signer.of_pem("kms", private_pem(key))
    envelope = release_by().sealed
    signature = own.signature(envelope)
    assert own.public.verifies(signature, envelope.signed_bytes)
    assert not own.public.verifies(signature, envelope.signed_bytes + b" ")


def test_a_pem_with_other_white_space_is_the_same_key() -> None:
    pem = public_pem(EC_KEY)
    spaced = PublicKey.of("ecdsa", "ecdsa-sha2-nistp256", f"\n\n{pem}\n")
    assert spaced == PublicKey.of("ecdsa", "ecdsa-sha2-nistp256", pem)


def test_one_rsa_key_with_two_schemes_is_told_to_be_the_same() -> None:
    pem = public_pem(RSA_KEY)
    pss, pkcs = (PublicKey.of("rsa", scheme, pem) for scheme in ("rsassa-pss-sha256", "rsa-pkcs1v15-sha256"))
    assert pss.keyid != pkcs.keyid
    assert pss.public == pkcs.public


def test_hexadecimal_digits_in_capitals_are_the_same_key() -> None:
    key = signer("ci").public
    assert PublicKey.of("ed25519", "ed25519", key.public.upper()) == key


@pytest.mark.parametrize(
    ("keytype", "scheme", "public"),
    [
        ("rsa", "rsassa-pss-sha256", public_pem(EC_KEY)),
        ("ecdsa", "ecdsa-sha2-nistp256", public_pem(RSA_KEY)),
        ("ecdsa", "ecdsa-sha2-nistp384", public_pem(EC_KEY)),
        ("ecdsa", "rsassa-pss-sha256", public_pem(RSA_KEY)),
        ("ed25519", "ed25519", public_pem(EC_KEY)),
        ("ecdsa", "ecdsa-sha2-nistp256", "no pem"),
        ("rsa", "rsassa-pss-sha256", public_pem(WEAK_KEY)),
        ("gpg", "pgp+dsa-fips-180-2", ""),
    ],
    ids=["ec as rsa", "rsa as ec", "other curve", "rsa scheme", "ec as ed25519", "no pem", "weak", "gpg"],
)
def test_a_key_that_is_not_what_it_is_said_to_be_is_refused(keytype: str, scheme: str, public: str) -> None:
    with pytest.raises(ValueError, match=r"public: |not supported"):
        PublicKey.of(keytype, scheme, public)


def test_securesystemslib_and_plain_ed25519_verify_what_we_sign() -> None:
    key, envelope = signer("ci").public, release_by("ci").sealed
    raw = base64.b64decode(envelope.signatures[0].sig)
    stored = {
        "payload": base64.b64encode(envelope.payload).decode(),
        "payloadType": envelope.payload_type,
        "signatures": [{"keyid": key.keyid, "sig": envelope.signatures[0].sig}],
    }
    assert list(SslibEnvelope.from_dict(stored).verify([key.sslib], 1)) == [key.keyid]
    kind, body = b"application/vnd.in-toto+json", envelope.payload
    encoded = b"DSSEv1 " + str(len(kind)).encode() + b" " + kind + b" " + str(len(body)).encode() + b" " + body
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public)).verify(raw, encoded)


def test_a_private_key_of_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="of a kind that is not supported"):
        Signer.of_pem("old", private_pem(dsa.generate_private_key(2048)))


def test_a_signature_that_does_not_fit_is_never_given_out() -> None:
    replaced = Signer("kms", signer("ana").public, signer("ci")._signer)
    with pytest.raises(RefusedError, match="Key kms made a signature that does not fit its public part"):
        replaced.sign(release_by().sealed)
