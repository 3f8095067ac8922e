"""Keys: the one that decrypts secrets, those that sign, and whom the workspace trusts."""

import stat
from collections.abc import Iterator
from pathlib import Path

from airside.platform.diagnosis.findings import Finding
from airside.signing.signer import Signer
from airside.signing.trust import Trust, load_trust


def private_file_findings(path: Path, what: str, without: str) -> Iterator[Finding]:
    """Look at a file that only its owner may read.

    Args:
        path: Which one.
        what: What it holds, for people.
        without: What is true while it is missing.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        yield Finding("keys", "ok", without)
        return
    if stat.S_IMODE(status.st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("keys", "problem", f"{path}, {what}, is open to other accounts", f"chmod 600 {path}")
    else:
        yield Finding("keys", "ok", f"{path}, {what}, is open to its owner only")


def signing_findings(signer: Signer | None, trust: Trust | None) -> Iterator[Finding]:
    """Look at the key that signs here, and whether `trust.toml` of the workspace knows it."""
    if signer is None:
        fix = "airside keys generate" if trust else None
        seen = "You have no signing key here, so what you deploy is not signed"
        yield Finding("keys", "warning" if trust else "ok", seen, fix)
        return
    seen = f"You sign as {signer.name} ({signer.public.short})"
    if trust is not None and signer.public not in trust.keys.values():
        yield Finding(
            "keys", "warning", f"{seen}, a key that {trust.origin} does not name", "airside keys trust --help"
        )
    else:
        yield Finding("keys", "ok", seen)


def trust_findings(path: Path, environments: tuple[str, ...], *, guarded: bool) -> Iterator[Finding]:
    """Look at a trust file.

    Args:
        path: Which one.
        environments: Those that it should say something about.
        guarded: Whether other accounts must not be able to write it; see `load_trust`.

    Raises:
        UsageError: It is not valid.
        UntrustedError: Others can write it, or it does not say whom to trust in one of `environments`.
    """
    if not path.exists():
        seen = "Nobody's signature is demanded: there is no trust.toml"
        yield Finding("keys", "ok", seen)
        return
    trust = load_trust(path, guarded=guarded)
    yield Finding("keys", "ok", f"{path} is valid and names {len(trust.keys)} keys")
    for name in environments:
        if trust.rule(name).unsigned:
            fix = f'Say who may sign: releases = […] in [environments."{name}"] of {path}'
            yield Finding("keys", "warning", f"Environment {name!r} takes unsigned releases", fix)
