"""What an environment demands, and whether signatures fulfil it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from airside.base.digest import Digest
from airside.release.encoding import canonical
from airside.release.envelope import MAX_SIGNATURES, Envelope, Signature
from airside.signing.public import PublicKey

Keys = Mapping[str, PublicKey]
"""Keys by the names that the trust file gives them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an environment demands.

    Attributes:
        releases: Who may sign the releases that it serves.
        moves: Who may move it.
        threshold: How many different keys of `releases` have to have signed a release, 1 or more.
        unsigned: It demands nothing; the other attributes are empty then.
    """

    releases: Keys
    moves: Keys
    threshold: int = 1
    unsigned: bool = False

    def fingerprint(self, workspace: str) -> Digest:
        """Return the digest of all that this rule says, whatever its keys are called."""
        said = {
            "workspace": workspace,
            "releases": sorted(key.keyid for key in self.releases.values()),
            "moves": sorted(key.keyid for key in self.moves.values()),
            "threshold": self.threshold,
            "unsigned": self.unsigned,
        }
        return Digest.of(canonical(said))


def signers(keys: Keys, envelope: Envelope, more: Iterable[Signature] = ()) -> dict[str, PublicKey]:
    """Return the keys, by name, of which a signature of `envelope` holds.

    A key counts once, however many names and signatures it has.

    Args:
        keys: Those that are asked for. Signatures of others are not looked at.
        envelope: What was signed, with its signatures.
        more: Signatures of `envelope` that lie elsewhere.
    """
    named = _names(keys)
    found: dict[str, PublicKey] = {}
    counted: set[str] = set()
    # No one document makes its reader verify without end; `more` was read by trusted ids, one each.
    for signature in (*islice(envelope.signatures, MAX_SIGNATURES), *more):
        name = named.get(signature.keyid)
        if name is None or keys[name].public in counted:
            continue
        if keys[name].verifies(signature, envelope.signed_bytes):
            found[name] = keys[name]
            counted.add(keys[name].public)
    return found


def described(keys: Keys, envelope: Envelope, more: Iterable[Signature] = ()) -> list[str]:
    """Return who signed `envelope`, for people, in order: names of those in `keys`, short ids of others.

    A name is given only to a signature that holds. An id is what the signature says of itself.
    """
    extra = tuple(more)
    good = signers(keys, envelope, extra)
    names = _names(keys)
    texts = [_told(signature, names, good) for signature in (*envelope.signatures, *extra)]
    return list(dict.fromkeys(texts))


def one_of(keys: Keys) -> str:
    """Return the words for any one of these keys."""
    return f"one of {', '.join(keys)}" if len(keys) > 1 else ", ".join(keys)


def _names(keys: Keys) -> dict[str, str]:
    return {key.keyid: name for name, key in keys.items()}


def _told(signature: Signature, names: Mapping[str, str], good: Keys) -> str:
    name = names.get(signature.keyid)
    if name is None:
        return f"unknown key {signature.keyid[:8]}"
    return name if name in good else f"{name} (which does not hold)"
