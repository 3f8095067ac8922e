"""Editing `trust.toml`: its comments and its order stay, and what would not hold is never written."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from airside.base.errors import UsageError
from airside.base.files import write_atomically
from airside.signing.public import PublicKey
from airside.signing.trust import Trust, load_trust, trust_of

_NEW = """\
# Whom to trust. Airside checks it before it moves an environment, and so does every Airflow that has a copy.
# Whoever may sign a release runs code in the environment: review changes of this file as such.
format = 1
workspace = "{workspace}"

[environments."*"]  # every environment that no other table names
unsigned = true  # demands nothing; `releases = [...]` in its place closes them
"""
"""Without the last table, the first key that is trusted in production would close every other environment."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key may do.

    Attributes:
        environments: Where; none only names the key.
        releases: Sign what these serve.
        moves: Move them.
        threshold: How many keys have to sign a release there; None leaves it as it is.
    """

    environments: Sequence[str] = ()
    releases: bool = True
    moves: bool = False
    threshold: int | None = None


def grant(path: Path, workspace: str, name: str, key: PublicKey, asked: Grant) -> Trust:
    """Trust `key`, by this name, in the trust file `path`, which is made where it is missing.

    Raises:
        UsageError: The name is that of another key, or the file does not hold, before or after.
    """
    before = load_trust(path, guarded=False) if path.exists() else None
    document = _parsed(path) if before else tomlkit.parse(_NEW.format(workspace=workspace))
    other = before.keys.get(name) if before else None
    if other is not None and other != key:
        raise UsageError(
            f"{path.name} has another key {name!r}: {other.short}, not {key.short}",
            hint=f"Name this one with --as, or remove the other one: `airside keys trust {name} --remove`.",
        )
    if other is None:
        _table(document, "keys")[name] = _key_table(key)
    rules = _table(document, "environments")
    for environment in asked.environments:
        is_new = environment not in rules
        _allow(_table(rules, environment), name, asked)
        if is_new:
            rules[environment].add(tomlkit.nl())
    return _save(path, document)


def revoke(path: Path, name: str, asked: Grant) -> Trust:
    """Trust the key of this name no more: in the environments of `asked`, or nowhere if it has none.

    Raises:
        UsageError: There is no such key, or the file does not hold, before or after.
    """
    before = load_trust(path, guarded=False)
    if name not in before.keys:
        raise UsageError(f"{path.name} has no key {name!r} (known: {', '.join(before.keys) or 'none'})")
    document = _parsed(path)
    rules = _table(document, "environments")
    for environment in asked.environments or list(rules):
        if environment not in rules:
            raise UsageError(f"{path.name} has no table for environment {environment!r}")
        _forbid(rules[environment], name, asked)
    if not asked.environments:
        del _table(document, "keys")[name]
    return _save(path, document)


def _parsed(path: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(path.read_bytes())
    except (OSError, TOMLKitError) as error:
        raise UsageError(f"{path} cannot be edited: {error}") from error


def _table(parent: MutableMapping[str, Any], name: str) -> Any:  # noqa: ANN401 - tomlkit's tables and proxies share no type
    if name not in parent:
        parent[name] = tomlkit.table(is_super_table=name in {"keys", "environments"})
    return parent[name]


def _key_table(key: PublicKey) -> tomlkit.items.Table:
    table = tomlkit.table()
    table.update({"keyid": key.keyid, "keytype": key.keytype, "scheme": key.scheme})
    table["public"] = tomlkit.string(key.public, multiline="\n" in key.public)
    return table


def _allow(rule: MutableMapping[str, Any], name: str, asked: Grant) -> None:
    rule.pop("unsigned", None)
    if asked.moves:
        # Without `moves`, who may sign releases may move: naming one more must not shut those out.
        rule["moves"] = _with(rule.get("moves", rule.get("releases", [])), name)
    if asked.releases:
        rule["releases"] = _with(rule.get("releases", []), name)
    if asked.threshold is not None:
        rule["threshold"] = asked.threshold


def _forbid(rule: MutableMapping[str, Any], name: str, asked: Grant) -> None:
    for key, wanted in (("releases", asked.releases), ("moves", asked.moves)):
        if wanted and name in rule.get(key, []):
            rule[key] = [other for other in rule[key] if other != name]
    if asked.threshold is not None:
        rule["threshold"] = asked.threshold


def _with(names: Sequence[str], name: str) -> list[str]:
    return list(dict.fromkeys([*names, name]))


def _save(path: Path, document: tomlkit.TOMLDocument) -> Trust:
    data = tomlkit.dumps(document).encode()
    try:
        trust = trust_of(data, path.name)
    except UsageError as error:
        raise UsageError(f"{path.name} would not hold and was left as it is: {error.message}") from error
    try:
        write_atomically(path, data, mode=path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    return trust
