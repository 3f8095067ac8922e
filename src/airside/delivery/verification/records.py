"""Whether the records of releases are there, are what they say, and are signed by those who are trusted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from airside.base.digest import Digest
from airside.base.errors import AirsideError, IntegrityError, UntrustedError, UsageError
from airside.base.names import command_line
from airside.delivery.countersignatures import read_signature
from airside.delivery.kinds import misplaced
from airside.delivery.parallel import in_parallel
from airside.delivery.verification.findings import Finding, Harm, Harmed, Trouble, Uses
from airside.release.countersignature import MAX_COUNTERSIGNATURE_BYTES, parse_countersignature
from airside.release.envelope import Signature
from airside.release.keys import release_key, removed_key, signature_key
from airside.release.record import MAX_RECORD_BYTES, Record, parse_record
from airside.release.tombstone import MAX_TOMBSTONE_BYTES, parse_removed
from airside.signing.trust import Trust, require_signed
from airside.store.port import Found, Store

ADVICE = "Deploy again, and move the environments that need it to the new release; a record cannot be made anew"


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one release.

    Attributes:
        release: Its id.
        tree: What its record says that it holds; None where that cannot be read.
        findings: What is wrong.
        description: What its record names; None where it names none or cannot be read.
        removed: Whether garbage collection removed it.
    """

    release: str
    tree: Digest | None = None
    findings: list[Finding] = field(default_factory=list)
    description: Digest | None = None
    removed: bool = False


def check_records(store: Store, releases: Iterable[str], uses: Uses, trust: Trust | None) -> Iterator[Seen]:
    """Yield what became of each of `releases`.

    Raises:
        StoreUnavailableError: The store does not answer.
    """
    yield from in_parallel(lambda release: _check(store, release, uses, trust), releases)


def _check(store: Store, release: str, uses: Uses, trust: Trust | None) -> Seen:
    try:
        found = store.read(release_key(release), limit=MAX_RECORD_BYTES)
        if not isinstance(found, Found):
            return _missing(store, release, uses)
        record = parse_record(found.data, release)
    except (IntegrityError, UsageError) as error:
        return Seen(release, findings=[_finding(Trouble.DAMAGED, release, error.message, uses, ADVICE)])
    named = uses.releases.get(release)
    if named and named.tree != record.tree:
        message = f"The record of {release} holds tree {record.tree}; environments name {named.tree}"
        return Seen(
            release, record.tree, [_finding(Trouble.INCONSISTENT, release, message, uses, ADVICE)], record.description
        )
    findings = [*_misplaced(record, uses), *_distrust(store, record, uses, trust)]
    return Seen(release, record.tree, findings, record.description)


def _missing(store: Store, release: str, uses: Uses) -> Seen:
    note = store.read(removed_key(release), limit=MAX_TOMBSTONE_BYTES)
    if isinstance(note, Found):
        parse_removed(note.data, release)
        named = uses.releases.get(release)
        if named is None or not named.served:
            return Seen(release, removed=True)
    message = f"The record of release {release} is missing"
    return Seen(release, findings=[_finding(Trouble.MISSING, release, message, uses, ADVICE)])


def _finding(trouble: Trouble, release: str, message: str, uses: Uses, advice: str) -> Finding:
    harmed = uses.of_release(release)
    return Finding(trouble=trouble, key=release_key(release), message=message, harmed=harmed, advice=advice)


def _misplaced(record: Record, uses: Uses) -> Iterator[Finding]:
    """Yield for each environment or channel that names the release whether it is of another kind."""
    named = uses.releases.get(record.id)
    for name in sorted(named.remembered if named else ()):
        if named and (fault := misplaced(record, name)):
            harm = Harm.SERVED if name in named.served else Harm.HISTORY
            yield Finding(
                trouble=Trouble.INCONSISTENT,
                key=release_key(record.id),
                message=fault,
                harmed=Harmed(harm, (record.id,), (name,)),
                advice=f"Look who moved it there: `{command_line('history', name)}`",
            )


def _distrust(store: Store, record: Record, uses: Uses, trust: Trust | None) -> Iterator[Finding]:
    """Yield for each environment that names the release whether it is trusted there; of the past it is a note."""
    named = uses.releases.get(record.id)
    if trust is None or named is None:
        return
    for environment in sorted(named.remembered):
        try:
            require_signed(trust, environment, record, lambda keyid: _signature(store, record.id, keyid))
        except UntrustedError as error:
            yield Finding(
                trouble=Trouble.UNTRUSTED,
                key=release_key(record.id),
                message=error.message,
                harmed=Harmed(Harm.SERVED if environment in named.served else Harm.NOTE, (record.id,), (environment,)),
                advice=error.hint or "",
            )


def _signature(store: Store, release: str, keyid: str) -> Signature | None:
    try:
        return read_signature(store, release, keyid)
    except (IntegrityError, UsageError):  # `check_signatures` tells
        return None


def check_signatures(store: Store, keys: Iterable[tuple[str, str]], uses: Uses) -> Iterator[Finding]:
    """Yield the detached signatures that are damaged.

    Args:
        store: The store.
        keys: Of each one the id of the release and that of the key.
        uses: Who needs which release.
    """
    for release, keyid, error in in_parallel(lambda key: (*key, _signature_fault(store, *key)), keys):
        if error:
            yield Finding(
                trouble=Trouble.DAMAGED,
                key=signature_key(release, keyid),
                message=error.message,
                harmed=uses.of_release(release),
                advice="Delete the object, and sign the release again",
            )


def _signature_fault(store: Store, release: str, keyid: str) -> AirsideError | None:
    try:
        found = store.read(signature_key(release, keyid), limit=MAX_COUNTERSIGNATURE_BYTES)
        if isinstance(found, Found):
            parse_countersignature(found.data, release, keyid)
    except (IntegrityError, UsageError) as error:
        return error
    return None
