"""Who can decrypt which document: the rules of `.sops.yaml`, changed with its comments kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from pyrage import RecipientError, x25519
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from airside.base.errors import RefusedError, UsageError
from airside.secrets.sops import CONFIGURATION, find_configuration

_HEAD = """\
# Who can decrypt what in secrets/: the first rule that fits a file holds.
# Changed by `airside secrets recipients`; by hand, `airside secrets check` says what is left to do.
creation_rules:
"""
_PLUGIN = re.compile(r"age1[a-z0-9-]+1[a-z0-9]+|ssh-(ed25519|rsa) [A-Za-z0-9+/=]+( .*)?")


@dataclass(frozen=True, slots=True)
class Rules:
    """A `.sops.yaml`.

    Attributes:
        path: Where it is, or will be.
        text: What it says; None where there is none yet.
    """

    path: Path
    text: str | None

    def index(self, document: Path) -> int | None:
        """Return which rule holds for `document`; None where none does."""
        return next((i for i, rule in enumerate(self._rules()) if self._fits(rule, document)), None)

    def age_keys(self, document: Path) -> tuple[str, ...] | None:
        """Return the age keys that may decrypt `document`; None where no rule is for it."""
        index = self.index(document)
        return None if index is None else tuple(key for keys in _places(self._rules()[index]) for key in _keys(*keys))

    def shared_with(self, document: Path, others: list[Path]) -> list[Path]:
        """Return those of `others` for which the rule of `document` holds too."""
        index = self.index(document)
        return [other for other in others if other != document and self.index(other) == index]

    def with_rule(self, document: Path, key: str) -> "Rules":
        """Return the rules and a last one for `document`, for `key` alone; as they are where one is for it."""
        if self.text is not None and self.index(document) is not None:
            return self
        name = re.escape(document.relative_to(self.path.parent).as_posix()).replace("\\-", "-")
        expression = f"(^|/){name}$"
        if self.text is None:
            rule = f"  - path_regex: {expression}\n    age:\n      - {key}\n"
            return Rules(self.path, _HEAD + rule)
        loaded = self._load()
        loaded.setdefault("creation_rules", []).append({"path_regex": expression, "age": [key]})
        return self._dumped(loaded)

    def with_key(self, document: Path, key: str) -> "Rules":
        """Return the rules with `key` in the one of `document`."""
        loaded = self._load()
        rule = loaded["creation_rules"][self.require(document)]
        if key in (self.age_keys(document) or ()):
            return self
        holder, name = next(_places(rule), (rule, "age"))
        found = holder.get(name)
        if isinstance(found, str):
            holder[name] = ",".join([*_split(found), key])
        else:
            holder[name] = found if found is not None else []
            holder[name].append(key)
        return self._dumped(loaded)

    def without_key(self, document: Path, key: str) -> "Rules":
        """Return the rules without `key` in the one of `document`.

        Raises:
            RefusedError: Nobody would be left.
        """
        loaded = self._load()
        rule = loaded["creation_rules"][self.require(document)]
        for holder, name in _places(rule):
            left = [found for found in _keys(holder, name) if found != key]
            if not left and not _has_others(rule, holder):
                raise RefusedError(
                    f"{key} is the last key that can decrypt {document.name}",
                    hint="Add another one first: airside secrets recipients add",
                )
            if isinstance(holder[name], str):
                holder[name] = ",".join(left)
            else:
                for index in reversed([i for i, found in enumerate(holder[name]) if str(found).strip() == key]):
                    del holder[name][index]
            if not left:
                del holder[name]
        return self._dumped(loaded)

    def require(self, document: Path) -> int:
        """Return which rule holds for `document`.

        Raises:
            UsageError: None does.
        """
        index = self.index(document)
        if index is None:
            name = document.stem.replace("--", "/")
            raise UsageError(
                f"No rule of {CONFIGURATION} is for {document.name}", hint=f"Add one: airside secrets init {name}"
            )
        return index

    def _fits(self, rule: Any, document: Path) -> bool:  # noqa: ANN401 - whatever the YAML holds
        expression = str(rule.get("path_regex") or "")
        relative = document.relative_to(self.path.parent).as_posix()
        try:
            return re.search(expression, relative) is not None
        except re.error:
            raise UsageError(
                f"{self.path}: the expression {expression!r} cannot be read", hint="Correct it: path_regex of a rule."
            ) from None

    def _rules(self) -> list[Any]:
        return [rule for rule in self._load().get("creation_rules") or [] if isinstance(rule, dict)]

    def _load(self) -> Any:  # noqa: ANN401
        try:
            loaded = self._yaml().load(self.text or "")
        except YAMLError as error:
            raise UsageError(f"{self.path} is not valid YAML", hint="Correct it, or take it back from git.") from error
        loaded = {} if loaded is None else loaded
        rules = loaded.get("creation_rules") if isinstance(loaded, dict) else 0
        if not isinstance(rules, list | None) or not all(isinstance(rule, dict) for rule in rules or []):
            raise UsageError(f"{self.path}: expected a list of creation_rules")
        return loaded

    def _yaml(self) -> YAML:
        yaml = YAML()
        yaml.preserve_quotes = True
        yaml.width = 1 << 16
        # A dash below its key, or two columns further: as it is there.
        if not re.search(r"^creation_rules:\s*\n(?:\s*#.*\n)*- ", self.text or "", re.MULTILINE):
            yaml.indent(mapping=2, sequence=4, offset=2)
        return yaml

    def _dumped(self, loaded: Any) -> "Rules":  # noqa: ANN401
        stream = StringIO()
        self._yaml().dump(loaded, stream)
        return Rules(self.path, stream.getvalue())


def read_rules(workspace: Path) -> Rules:
    """Return the rules that hold in `workspace`: of the `.sops.yaml` there or above it.

    Raises:
        UsageError: The file cannot be read.
    """
    path = find_configuration(workspace)
    if path is None:
        return Rules(workspace / CONFIGURATION, None)
    try:
        return Rules(path, path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read") from error


def require_recipient(key: str) -> str:
    """Return `key` when it is a public age key, without what is around it.

    Raises:
        UsageError: It is none.
    """
    key = require_public(key)
    try:
        x25519.Recipient.from_str(key)
    except RecipientError:
        if not _PLUGIN.fullmatch(key):
            raise UsageError(
                f"{key!r} is no public age key (age1…)",
                hint=f"For a key of a KMS, Vault or PGP edit {CONFIGURATION}, then: airside secrets rotate ENV",
            ) from None
    return key


def require_public(key: str) -> str:
    """Return `key` without what is around it.

    Raises:
        UsageError: It is a private key, which no message may show.
    """
    key = key.strip()
    if "SECRET-KEY-" in key.upper():
        raise UsageError("This is a private key; give the public one, age1…", hint="Make a new one: it was shown.")
    return key


def _places(rule: Any) -> Iterator[tuple[Any, str]]:  # noqa: ANN401
    groups = [group for group in rule.get("key_groups") or [] if isinstance(group, dict)]
    for holder in (rule, *groups):
        if holder.get("age"):
            yield holder, "age"


def _keys(holder: Any, name: str) -> list[str]:  # noqa: ANN401
    found = holder[name]
    return _split(found) if isinstance(found, str) else [str(key).strip() for key in found]


def _split(text: str) -> list[str]:
    return [key.strip() for key in text.split(",") if key.strip()]


def _has_others(rule: Any, holder: Any) -> bool:  # noqa: ANN401
    kinds = ("kms", "pgp", "gcp_kms", "azure_keyvault", "hc_vault_transit_uri", "hc_vault", "hckms")
    return any(holder.get(kind) for kind in kinds) or len(rule.get("key_groups") or []) > 1
