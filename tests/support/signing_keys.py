"""Signing keys of people that tests know by name; the same ones in every run."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from shipping import NOW, record_of

from airside.release.pointer import Move, SealedPointer, advance
from airside.release.record import Record, parse_record
from airside.signing.signer import Signer
from airside.signing.trust import Trust, trust_of

FILES = {"dags/orders.py": "from airflow.sdk import dag\n"}
TWO_OF_THREE = {"production": {"releases": ["ci", "ana", "ben"], "threshold": 2, "moves": ["ana", "ben"]}}


def pem_of(name: str) -> bytes:
    """Return the private key of the person `name`, always the same."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def signer(name: str) -> Signer:
    return Signer.of_pem(name, pem_of(name))


def trust_text(
    environments: Mapping[str, Mapping[str, object]],
    people: Iterable[str] = ("ci", "ana", "ben"),
    workspace: str = "sales-flows",
) -> str:
    """Return a trust file; values of `environments` are the keys of each table."""
    lines = ["format = 1", f'workspace = "{workspace}"']
    for name in people:
        key = signer(name).public
        lines += [f"[keys.{name}]", f'keyid = "{key.keyid}"', 'keytype = "ed25519"', 'scheme = "ed25519"']
        lines += [f'public = "{key.public}"']
    for name, rule in environments.items():
        lines += [f'[environments."{name}"]', *(f"{key} = {json.dumps(value)}" for key, value in rule.items())]
    return "\n".join(lines) + "\n"


def trust_in(environments: Mapping[str, Mapping[str, object]], people: Iterable[str] = ("ci", "ana", "ben")) -> Trust:
    return trust_of(trust_text(environments, people).encode(), "trust.toml")


def release_by(*names: str, files: Mapping[str, str] = FILES, second: int = 0) -> Record:
    """Return a release that these people signed, as it is read from a store."""
    record = record_of(files, second=second)
    for name in names:
        record = record.signed(signer(name).sign)
    return parse_record(record.to_bytes(), record.id)


def move_by(name: str | None, record: Record, environment: str = "production") -> SealedPointer:
    """Return the first pointer of `environment`, signed by this person."""
    move = Move(
        environment=environment,
        workspace=record.workspace,
        action="deploy",
        release=record.id,
        tree=record.tree,
        actor=name or "somebody",
    )
    pointer = advance(None, move, now=NOW, op_id="0" * 32)
    return SealedPointer.of(pointer, signer(name).sign) if name else SealedPointer.of(pointer)
