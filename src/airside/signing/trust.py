"""Whom to trust: which keys may sign what an environment serves, and which may move it.

A trust file lies outside the store, since whoever can write to the store could change it there.
"""

import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UntrustedError, UsageError
from airside.base.names import environment_of_channel, titled, told
from airside.release.envelope import Envelope, Signature
from airside.release.pointer import SealedPointer
from airside.release.record import Record
from airside.signing.rules import Keys, Rule, described, one_of, signers
from airside.signing.trust_file import EVERY, parse_trust

MAX_TRUST_BYTES: Final = 1024 * 1024

ReadSignature = Callable[[str], Signature | None]
"""Returns the detached signature by the key with this id, None where it made none."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The content of a trust file.

    Attributes:
        origin: The name of the file, for messages.
        workspace: Whose releases it is about; those of another workspace are refused.
        keys: Every key in it, by name.
        rules: What environments demand, by name of the environment, ``<part>/*``, or ``*``.
    """

    origin: str
    workspace: str
    keys: Keys
    rules: Mapping[str, Rule]

    def rule(self, environment: str) -> Rule:
        """Return what `environment` demands: the rule of its name, else of ``<first part>/*``, else of ``*``.

        The secrets of an environment, a channel, demand what the environment does.

        Raises:
            UntrustedError: No rule says anything about it. Silence is no permission.
        """
        environment = environment_of_channel(environment)
        family = f"{environment.partition('/')[0]}/*" if "/" in environment else EVERY
        for name in (environment, family, EVERY):
            if (rule := self.rules.get(name)) is not None:
                return rule
        raise UntrustedError(
            f"{self.origin} does not say whom to trust in environment {environment!r}",
            hint=f'Add [environments."{environment}"] to it, or [environments."*"] for all that are not named.',
        )

    def fingerprint(self, environment: str) -> Digest:
        """Return the digest of what `environment` demands; what was remembered under another one no longer binds.

        Raises:
            UntrustedError: No rule says anything about it.
        """
        return self.rule(environment).fingerprint(self.workspace)

    def wants(self, environment: str) -> Sequence[str]:
        """Return the ids of the keys whose signatures of a release count in `environment`.

        Raises:
            UntrustedError: No rule says anything about it.
        """
        return list(dict.fromkeys(key.keyid for key in self.rule(environment).releases.values()))

    def require_move(self, sealed: SealedPointer) -> None:
        """Check that somebody who may move the environment made this move of it.

        Raises:
            UntrustedError: Nobody of them signed it, or it is about another workspace.
        """
        pointer = sealed.pointer
        what = f"Generation {pointer.generation} of {titled(pointer.environment)}"
        self._require_workspace(pointer.workspace, what)
        rule = self.rule(pointer.environment)
        if rule.unsigned or signers(rule.moves, sealed.envelope):
            return
        raise UntrustedError(
            f"{what} (release {pointer.release}) is signed by {self._who(sealed.envelope)}; "
            f"{self.origin} wants {one_of(rule.moves)}",
            hint="Move the environment again with one of these keys.",
        )

    def require_release(self, environment: str, record: Record, more: Sequence[Signature] = ()) -> None:
        """Check that enough of those whom `environment` trusts signed the release.

        Args:
            environment: Where it is to be served.
            record: The release, with its own signatures.
            more: Detached signatures of it.

        Raises:
            UntrustedError: Too few of them signed it, or it is of another workspace.
        """
        self._require_workspace(record.workspace, f"Release {record.id}")
        rule = self.rule(environment)
        if rule.unsigned or len(signers(rule.releases, record.sealed, more)) >= rule.threshold:
            return
        raise UntrustedError(
            f"Release {record.id} is signed by {self._who(record.sealed, more)}; "
            f"{self.origin} wants {_count(rule)} in {titled(environment)}",
            hint=f"`airside sign {record.id}` adds the signature of one of these keys.",
        )

    def _require_workspace(self, found: str, what: str) -> None:
        if found != self.workspace:
            raise UntrustedError(
                f"{what} is of workspace {found!r}; {self.origin} is about {self.workspace!r}",
                hint="Give each workspace a trust file, and a store or a prefix in one, of its own.",
            )

    def _who(self, envelope: Envelope, more: Iterable[Signature] = ()) -> str:
        return ", ".join(described(self.keys, envelope, more)) or "nobody"


def require_trusted(trust: Trust, sealed: SealedPointer, record: Record, read_signature: ReadSignature) -> None:
    """Check that an environment may serve what its pointer names: who moved it, and who signed the release.

    Detached signatures are read only where those of the record itself do not suffice.

    Args:
        trust: Whom to trust.
        sealed: The pointer, as it was parsed for its environment.
        record: The release that it names.
        read_signature: Reads the detached signature of that release by the key with this id. What it raises passes.

    Raises:
        UntrustedError: It may not.
        IntegrityError: The record is not the one that the pointer names.
    """
    pointer = sealed.pointer
    trust.require_move(sealed)
    if (record.id, record.tree, record.workspace) != (pointer.release, pointer.tree, pointer.workspace):
        raise IntegrityError(
            f"The pointer of {told(pointer.environment)} names release {pointer.release} with tree {pointer.tree}; "
            f"the record is that of {record.id} with {record.tree}"
        )
    require_signed(trust, pointer.environment, record, read_signature)


def require_signed(trust: Trust, environment: str, record: Record, read_signature: ReadSignature) -> None:
    """Check that enough of those whom `environment` trusts signed the release, in its record or detached.

    Args:
        trust: Whom to trust.
        environment: Where the release is to be served.
        record: The release.
        read_signature: Reads the detached signature of it by the key with this id. What it raises passes.

    Raises:
        UntrustedError: Too few of them did.
    """
    trust.require_release(environment, record, _detached(trust, environment, record, read_signature))


def _detached(trust: Trust, environment: str, record: Record, read_signature: ReadSignature) -> list[Signature]:
    rule = trust.rule(environment)
    counted = {key.keyid for key in signers(rule.releases, record.sealed).values()}
    found: list[Signature] = []
    for keyid in trust.wants(environment):
        if rule.unsigned or len(signers(rule.releases, record.sealed, found)) >= rule.threshold:
            break
        if keyid not in counted and (signature := read_signature(keyid)) is not None:
            found.append(signature)
    return found


def load_trust(path: Path, *, guarded: bool = True) -> Trust:
    """Return whom the trust file `path` trusts.

    Args:
        path: The file. A link is followed: Kubernetes mounts files so.
        guarded: Refuse a file that other accounts may write. False in a workspace, where reviews guard it and
            a umask of 002 is usual.

    Raises:
        UsageError: It is missing, cannot be read or does not hold.
        UntrustedError: Others can write it.
    """
    return trust_of(_content(path, guarded=guarded), str(path))


def trust_of(data: bytes, origin: str) -> Trust:
    """Return whom a trust file with the content `data` trusts; `origin` names it in messages.

    Raises:
        UsageError: It does not hold.
    """
    written = parse_trust(data, origin)
    return Trust(origin, written.workspace, written.keys, written.rules)


def _content(path: Path, *, guarded: bool) -> bytes:
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for ever.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            status = os.fstat(file.fileno())
            data = file.read(MAX_TRUST_BYTES + 1) if stat.S_ISREG(status.st_mode) else None
    except FileNotFoundError as error:
        raise UsageError(
            f"There is no trust file {path}", hint="Copy trust.toml of the workspace there, or name the right one."
        ) from error
    except OSError as error:
        raise UsageError(f"The trust file {path} cannot be read: {error.strerror}") from error
    if data is None or len(data) > MAX_TRUST_BYTES:
        raise UsageError(f"The trust file {path} is not a file of at most {MAX_TRUST_BYTES} bytes")
    if guarded and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UntrustedError(
            f"The trust file {path} can be written by other accounts, who could make themselves trusted",
            hint=f"chmod go-w {path}",
        )
    return data


def _count(rule: Rule) -> str:
    return f"{rule.threshold} of {', '.join(rule.releases)}" if rule.threshold > 1 else one_of(rule.releases)
