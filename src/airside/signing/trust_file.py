"""Reading a trust file (docs/formats/signatures.md). Whatever it does not say clearly is an error."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

import msgspec

from airside.base.errors import UsageError
from airside.base.names import NAME_RULE, is_environment_name, is_name
from airside.signing.public import PublicKey
from airside.signing.rules import Keys, Rule

FORMAT: Final = 1
EVERY: Final = "*"

_AT = re.compile(r" - at `(key in )?\$(?P<path>[^`]*)`\Z")
_WORDS: Final = {
    "Object missing required field": "there has to be a key",
    "Object contains unknown field": "there is no such key as",
    "Expected `object`": "expected a table",
    "Expected `array`": "expected a list",
    "Expected `str`": "expected text",
    "Expected `int`": "expected a whole number",
    "Expected `bool`": "expected true or false",
    ", got `": ", found `",
}
"""What msgspec says, in the words of TOML."""

T = TypeVar("T")


class _Header(msgspec.Struct, frozen=True):
    format: Annotated[int, msgspec.Meta(ge=1)]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    workspace: str
    keys: dict[str, Any] = {}
    environments: dict[str, Any] = {}


class _Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keytype: str
    scheme: str
    public: str
    keyid: str | None = None


class _Environment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    releases: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    moves: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    threshold: Annotated[int, msgspec.Meta(ge=1)] = 1
    unsigned: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What a trust file says.

    Attributes:
        workspace: Whose releases it is about.
        keys: Every key in it.
        rules: By the name of the environment, ``<part>/*``, or ``*``.
    """

    workspace: str
    keys: Keys
    rules: Mapping[str, Rule]


def parse_trust(data: bytes, origin: str) -> Written:
    """Return what the trust file with the content `data` says.

    Args:
        data: The content.
        origin: The name of the file, for messages.

    Raises:
        UsageError: It does not hold, or a newer Airside wrote it. The message names file, key and what was expected.
    """
    try:
        return _written(_document(data))
    except ValueError as error:
        raise UsageError(f"{origin}: {error}", hint=f"Correct {origin}; nothing is trusted until then.") from error


def _document(data: bytes) -> Mapping[str, Any]:
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ValueError(f"not valid TOML: {error}") from error


def _written(document: Mapping[str, Any]) -> Written:
    if (number := _convert(document, _Header, "").format) > FORMAT:
        raise ValueError(f"format: {number} is newer than this Airside reads, which is {FORMAT}; upgrade Airside")
    file = _convert(document, _File, "")
    if not is_name(file.workspace):
        raise ValueError(f"workspace: {file.workspace!r} is not a name: {NAME_RULE}")
    keys = {name: _key(name, value) for name, value in file.keys.items()}
    rules = {name: _rule(name, value, keys) for name, value in file.environments.items()}
    return Written(file.workspace, keys, rules)


def _key(name: str, value: object) -> PublicKey:
    where = f"keys.{name}"
    if not is_name(name):
        raise ValueError(f"{where}: {name!r} is not a name: {NAME_RULE}")
    key = _convert(value, _Key, where)
    try:
        return PublicKey.of(key.keytype, key.scheme, key.public, key.keyid)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _rule(name: str, value: object, keys: Keys) -> Rule:
    where = f"environments.{name}"
    family, star, _ = name.partition("/*")
    if not (name == EVERY or is_environment_name(name) or (star and name == f"{family}/*" and is_name(family))):
        raise ValueError(f"{where}: expected the name of an environment, 'preview/*' or '*'")
    said = _convert(value, _Environment, where)
    if said.unsigned:
        if said != _Environment(unsigned=True):
            raise ValueError(f"{where}: unsigned = true goes with no other key: it demands no signature at all")
        return Rule({}, {}, unsigned=True)
    if said.releases is msgspec.UNSET:
        raise ValueError(f'{where}: expected releases = ["<name of a key>"], or unsigned = true to demand nothing')
    releases = _named(f"{where}.releases", said.releases, keys)
    moves = releases if said.moves is msgspec.UNSET else _named(f"{where}.moves", said.moves, keys)
    if said.threshold > (different := len({key.public for key in releases.values()})):
        raise ValueError(f"{where}.threshold: {said.threshold} signatures can never be had of {different} keys")
    return Rule(releases, moves, said.threshold)


def _named(where: str, names: tuple[str, ...], keys: Keys) -> Keys:
    if not names:
        raise ValueError(f"{where}: expected the name of at least one key")
    for name in names:
        if name not in keys:
            raise ValueError(f"{where}: there is no key {name!r} in [keys] (known: {', '.join(keys) or 'none'})")
    return {name: keys[name] for name in names}


def _convert(value: object, type_: type[T], where: str) -> T:
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        text = str(error)
        at = _AT.search(text)
        key = f"{where}{at['path'] if at else ''}".removeprefix(".")
        for theirs, ours in _WORDS.items():
            text = text.replace(theirs, ours)
        raise ValueError(f"{key}: {_AT.sub('', text)}".removeprefix(": ")) from error
