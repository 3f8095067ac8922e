"""What an encrypted document shows without any key: its names, the ciphertext of each entry, who can decrypt it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from airside.base.errors import FindingsError, IntegrityError
from airside.secrets.sealed.metadata import TAKE_BACK, looks_sealed

SECTIONS = ("connections", "variables")
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_CONFLICT = (b"<<<<<<< ", b">>>>>>> ")
_NOTHING = ("", "null", "~")
"""How a missing value is written, to a loader that makes text of every scalar."""

_NEVER_CLEAR = ("password", "extra")
_KINDS = {
    "age": "recipient",
    "kms": "arn",
    "pgp": "fp",
    "gcp_kms": "resource_id",
    "azure_kv": "vault_url",
    "hc_vault": "vault_address",
    "hckms": "key_id",
}
"""How the metadata of sops 3.11 (stores/stores.go) names the keys of each kind."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A document as it is in git.

    Attributes:
        entries: For each section and name its encrypted value, as text or a mapping of texts.
        metadata: The section `sops`; None where the document is not encrypted.
        unknown: Keys at the top that no document has.
    """

    entries: Mapping[tuple[str, str], Any] = field(repr=False)
    metadata: Mapping[str, Any] | None = field(repr=False)
    unknown: tuple[str, ...] = ()

    def has(self, path: Sequence[str]) -> bool:
        """Tell whether an entry of the document is at `path`: its section, its name, and keys in it."""
        section, name, *rest = path
        found = self.entries.get((section, name))
        for part in rest:
            found = found.get(part) if isinstance(found, dict) else None
        return found is not None

    @property
    def recipients(self) -> tuple[str, ...]:
        """Who can decrypt it: ``age1…``, and for other kinds of keys their names."""
        return tuple(name for kind, name in self.keys if kind == "age") + tuple(
            f"{kind}:{name}" for kind, name in self.keys if kind != "age"
        )

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """The kind and the name of each key, those in groups included."""
        metadata = self.metadata or {}
        groups = [metadata, *_mappings(metadata.get("key_groups"))]
        return tuple(
            (kind, str(key.get(name)))
            for group in groups
            for kind, name in _KINDS.items()
            for key in _mappings(group.get(kind))
        )

    @property
    def is_default(self) -> bool:
        """All values are to be encrypted: no rule of the team's own says otherwise."""
        metadata = self.metadata or {}
        own = ("encrypted_regex", "unencrypted_regex", "encrypted_suffix", "encrypted_comment_regex")
        return not any(metadata.get(name) for name in (*own, "unencrypted_comment_regex"))

    def in_clear(self) -> Iterator[str]:
        """Yield the place of every value that ought to be encrypted and is not; an empty text and a null never are.

        A rule of the team's own may leave a host or a login readable, but nobody means to leave a password so.
        """
        for (section, name), value in self.entries.items():
            is_lenient = not self.is_default and section == "connections" and isinstance(value, dict)
            inner = {key: value[key] for key in _NEVER_CLEAR if key in value} if is_lenient else value
            yield from _clear(f"{section}.{name}", inner)


def read_outline(data: bytes, *, what: str) -> Outline:
    """Return the outline of the document `what`.

    Raises:
        FindingsError: It has the marks of a merge conflict, or is no document.
        IntegrityError: It is cut off.
    """
    refuse_conflict(data, what=what)
    try:
        # The base loader makes text of every scalar: a key such as `2026-01-31` or `on` stays what was written.
        document = yaml.load(data, Loader=_LOADER)  # noqa: S506 - it constructs text only
    except (yaml.YAMLError, ValueError, RecursionError):
        # The parser's message may quote a line, and a line may be a secret that is not encrypted yet.
        raise FindingsError(f"{what} is not valid YAML", hint="Take it back from git.") from None
    if not isinstance(document, dict | None):
        raise FindingsError(f"{what}: expected the keys connections and variables", hint="Take it back from git.")
    return _outline(document or {}, what)


def refuse_conflict(data: bytes, *, what: str) -> None:
    """Raise FindingsError where the bytes of `what` have the marks of a merge conflict."""
    if any(data.startswith(mark) or b"\n" + mark in data for mark in _CONFLICT):
        raise FindingsError(
            f"{what} has the marks of a merge conflict",
            hint="Take one side (git checkout --ours or --theirs), then add what the other has: airside secrets edit",
        )


def _outline(document: Mapping[str, Any], what: str) -> Outline:
    entries: dict[tuple[str, str], Any] = {}
    for section in SECTIONS:
        found = document.get(section)
        if found is None or found in _NOTHING:  # what is left of a section whose last name was taken out
            continue
        if not isinstance(found, dict):
            raise FindingsError(f"{what}: {section}: expected a mapping of names", hint="airside secrets edit")
        entries |= {(section, name): value for name, value in found.items() if isinstance(name, str)}
    metadata = document.get("sops")
    if metadata is None and looks_sealed(document):
        raise IntegrityError(
            f"{what} is cut off: it has encrypted values, and its section sops is missing", hint=TAKE_BACK
        )
    unknown = tuple(key for key in document if key not in (*SECTIONS, "sops"))
    return Outline(entries, metadata if isinstance(metadata, dict) else None, unknown)


def outline_of(path: Path) -> Outline | None:
    """Return the outline of the file `path`; None where there is none.

    Raises:
        FindingsError: It cannot be read, or is no document.
        IntegrityError: It is cut off.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FindingsError(f"{path} cannot be read: {error.strerror}", hint="Take it back from git.") from error
    return read_outline(data, what=path.name)


def _mappings(found: object) -> list[Mapping[str, Any]]:
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _clear(where: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _clear(f"{where}.{key}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _clear(where, inner)
    elif value not in _NOTHING and not str(value).startswith("ENC["):
        yield where
