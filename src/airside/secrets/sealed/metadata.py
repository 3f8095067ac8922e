"""The section ``sops`` of an encrypted document: who can decrypt it, which values are encrypted, and its checksum."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec

from airside.base.errors import IntegrityError, UsageError

SECTION: Final = "sops"

_RULES = (
    "unencrypted_suffix",
    "encrypted_suffix",
    "unencrypted_regex",
    "encrypted_regex",
    "unencrypted_comment_regex",
    "encrypted_comment_regex",
)
_SERVICES = {
    "kms": "AWS KMS",
    "gcp_kms": "Google Cloud KMS",
    "azure_kv": "Azure Key Vault",
    "hc_vault": "Vault",
    "hckms": "Huawei Cloud KMS",
    "pgp": "PGP",
}
_DEFAULT_SUFFIX = "_unencrypted"
_MAX_PATTERN = 1000


class Recipient(msgspec.Struct, frozen=True):
    """Somebody who can decrypt the document.

    Attributes:
        recipient: The public key.
        enc: The key of the document, encrypted for it: an armoured age file.
    """

    recipient: str
    enc: str


class _Section(msgspec.Struct, frozen=True):
    """The section as it is written; what is not named here is not needed to read (stores/stores.go of sops)."""

    mac: str
    lastmodified: str
    version: str
    age: list[Recipient] | None = None
    mac_only_encrypted: bool = False
    unencrypted_suffix: str = ""
    encrypted_suffix: str = ""
    unencrypted_regex: str = ""
    encrypted_regex: str = ""
    unencrypted_comment_regex: str = ""
    encrypted_comment_regex: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which values are encrypted.

    Attributes:
        kind: One of the names that sops gives such rules, or its default.
        pattern: What keys, or comments, are compared with.
    """

    kind: str
    pattern: str

    def by_comments(self) -> bool:
        """Tell whether comments decide, which a parser of YAML does not see."""
        return "comment" in self.kind

    def encrypts(self, path: Sequence[str]) -> bool:
        """Tell whether the value at `path` is encrypted; lists add nothing to a path."""
        if self.kind.endswith("_suffix"):
            matched = any(key.endswith(self.pattern) for key in path)
        else:
            pattern = _compiled(self.pattern)
            matched = any(pattern.search(key) for key in path)
        return matched == self.kind.startswith("encrypted")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the section says.

    Attributes:
        mac: The checksum, encrypted.
        modified: When the document was encrypted; the checksum is bound to this text.
        recipients: The age keys that can decrypt it.
        services: Other kinds of keys, as people call them.
        grouped: Whether groups of keys share the key of the document, so that one recipient alone cannot decrypt it.
        rule: Which values are encrypted.
        mac_only_encrypted: Whether the checksum leaves out what is not encrypted.
    """

    mac: str
    modified: str
    recipients: tuple[Recipient, ...]
    services: tuple[str, ...]
    grouped: bool
    rule: Rule
    mac_only_encrypted: bool


def read_metadata(document: Mapping[str, Any], *, what: str) -> Metadata:
    """Return what the section ``sops`` of the encrypted file `what` says.

    Raises:
        IntegrityError: It is cut off or changed.
        UsageError: The file is not encrypted, or in a way that is not understood.
    """
    if SECTION not in document:
        raise _no_section(document, what)
    try:
        section = msgspec.convert(document[SECTION], _Section)
    except msgspec.ValidationError as error:
        # msgspec names the field and its kind, never the value.
        raise IntegrityError(
            f"The section {SECTION} of {what} is cut off or was changed: {error}", hint=TAKE_BACK
        ) from None
    rules = [Rule(kind, getattr(section, kind)) for kind in _RULES if getattr(section, kind)]
    if len(rules) > 1:
        raise IntegrityError(
            f"The section {SECTION} of {what} has several rules, of which sops allows one", hint=TAKE_BACK
        )
    return Metadata(
        mac=section.mac,
        modified=section.lastmodified,
        recipients=tuple(section.age or ()),
        services=tuple(_services(document[SECTION], section.age or ())),
        grouped=bool(document[SECTION].get("key_groups")),
        rule=_checked(rules[0] if rules else Rule("unencrypted_suffix", _DEFAULT_SUFFIX), what),
        mac_only_encrypted=section.mac_only_encrypted,
    )


def _services(section: Mapping[str, Any], recipients: Sequence[Recipient]) -> Iterator[str]:
    yield from (called for key, called in _SERVICES.items() if section.get(key))
    # In Bech32, in which age writes keys, 1 ends the name of their kind: `age1yubikey1…`, `age1pq1…`.
    if any(recipient.recipient.startswith("age1") and recipient.recipient.count("1") > 1 for recipient in recipients):
        yield "plugins of age"


TAKE_BACK: Final = "Take it back from git; edit it with `airside secrets edit` only."


def _no_section(document: object, what: str) -> IntegrityError | UsageError:
    if looks_sealed(document):
        return IntegrityError(
            f"{what} is cut off: it has encrypted values, and its section {SECTION} is missing", hint=TAKE_BACK
        )
    return UsageError(
        f"{what} is not encrypted: it has no section {SECTION}",
        hint="Encrypt it: airside secrets import. If it was ever committed, what it holds is no secret any more.",
    )


def looks_sealed(node: object) -> bool:
    """Tell whether anything in `node` looks like a value that sops encrypted."""
    if isinstance(node, Mapping):
        return any(map(looks_sealed, node.values()))
    if isinstance(node, list):
        return any(map(looks_sealed, node))
    return isinstance(node, str) and node.startswith("ENC[")


def _checked(rule: Rule, what: str) -> Rule:
    if rule.kind.endswith("_regex") and not rule.by_comments():
        try:
            _compiled(rule.pattern)
        except (re.error, ValueError, OverflowError):
            raise UsageError(
                f"{what}: its rule {rule.kind} is an expression that only sops understands",
                hint="Write it without what is special to Go, and encrypt the document again.",
            ) from None
    return rule


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    if len(pattern) > _MAX_PATTERN:
        raise ValueError
    return re.compile(pattern, re.ASCII)
