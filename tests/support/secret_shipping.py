"""Short words for tests: apply secrets to environments without a workspace."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from shipping import NOW

from airside.base.clock import to_text
from airside.delivery.activate import Stamp, activate
from airside.delivery.moves import Proposal, Request
from airside.delivery.secret_documents import (
    SecretsRelease,
    propose_secrets,
    propose_secrets_rollback,
    publish_secrets,
)
from airside.release.envelope import Sign, unsigned
from airside.release.pointer import Pointer
from airside.release.record import Builder, Source
from airside.store.port import Store

REQUEST = Request("sales-flows", "production", "ana", "because")


def sealed(name: str, value: str = "aaaa") -> bytes:
    """Return a document as SOPS writes it, whose bytes are no real ciphertext."""
    cipher = f"ENC[AES256_GCM,data:{value},iv:abcd,tag:abcd,type:str]"
    return f"variables:\n    {name}: {cipher}\nsops:\n    mac: {cipher}\n".encode()


def secrets_release(documents: Mapping[str, bytes], *, at: datetime = NOW, sign: Sign = unsigned) -> SecretsRelease:
    builder = Builder(version="0.1.0")
    made = SecretsRelease.of("sales-flows", documents, Source(commit="c" * 40), builder=builder, created_at=to_text(at))
    return made.signed(sign)


def production(value: str) -> dict[str, bytes]:
    return {"secrets/production.yaml": sealed("token", value)}


def apply_secrets(
    store: Store,
    value: str,
    *,
    minutes: int = 0,
    request: Request = REQUEST,
    sign: Sign = unsigned,
) -> Pointer:
    """Give the environment of `request` a variable with this ciphertext."""
    at = NOW + timedelta(minutes=minutes)
    made = secrets_release(production(value), at=at, sign=sign)
    proposal = propose_secrets(store, request, made)
    publish_secrets(store, made)
    return move(store, proposal, minutes=minutes, sign=sign)


def apply_documents(
    store: Store,
    documents: Mapping[str, bytes],
    *,
    environment: str = "production",
    minutes: int = 0,
    sign: Sign = unsigned,
) -> Pointer:
    """Give an environment these documents, each by the name of its file without its suffix."""
    request = Request(REQUEST.workspace, environment, REQUEST.actor, REQUEST.reason)
    at = NOW + timedelta(minutes=minutes)
    made = secrets_release({f"secrets/{name}.yaml": data for name, data in documents.items()}, at=at, sign=sign)
    proposal = propose_secrets(store, request, made)
    publish_secrets(store, made)
    return move(store, proposal, minutes=minutes, sign=sign)


def roll_back_secrets(store: Store, generation: int | None = None) -> Pointer:
    return move(store, propose_secrets_rollback(store, REQUEST, generation))


def move(store: Store, proposal: Proposal, *, minutes: int = 0, sign: Sign = unsigned) -> Pointer:
    stamp = Stamp(NOW + timedelta(minutes=minutes), secrets.token_hex(16), sign)
    return activate(store, proposal.move, proposal.current, stamp).pointer
