"""A document that is not what was encrypted is refused, and the message says which entry and shows no value."""

import json
import random
import re
import time
from collections.abc import Callable, Iterator

import pytest
from sealed import Identity, make_identity, seal

from airside.base.errors import AirsideError, FindingsError, IntegrityError, UsageError
from airside.secrets.identities import Keys, load_keys
from airside.secrets.markup import MAX_BYTES, MAX_DEPTH
from airside.secrets.sealed.document import open_document

TEXT = """\
connections:
  crm: {conn_type: http, host: crm.example.com, password: hunter2-crm}
  dwh: {conn_type: postgres, host: dwh.example.com, password: hunter2-dwh, port: 5432}
variables:
  flag: true
  list: [hunter2-a, hunter2-b, hunter2-a-much-longer]
  empty: ""
"""
Change = Callable[[str], str]


@pytest.fixture(scope="module")
def sealed(identity: Identity) -> str:
    return seal(TEXT, identity).decode()


def value_of(sealed: str, key: str, number: int = 0) -> str:
    """Return the encrypted value of the entry `key`, the `number`-th of that name."""
    return str(re.findall(rf"{key}: (ENC\[.*\])", sealed)[number])


def replaced(old: str, new: str) -> Change:
    return lambda sealed: sealed.replace(old, new, 1)


def flipped(sealed: str) -> str:
    found = value_of(sealed, "password")
    data = re.search("data:(.)", found)
    assert data is not None
    return sealed.replace(found, found.replace(data[0], f"data:{'B' if data[1] != 'B' else 'C'}", 1))


def moved(sealed: str) -> str:
    return sealed.replace(value_of(sealed, "password", 0), value_of(sealed, "password", 1), 1)


def swapped(sealed: str) -> str:
    first, second = re.findall(r"- (ENC\[.*\])", sealed)[:2]
    return sealed.replace(first, "<>").replace(second, first).replace("<>", second)


def removed(key: str) -> Change:
    return lambda sealed: re.sub(rf" *{key}: ENC\[.*\]\n", "", sealed, count=1)


def in_clear(sealed: str) -> str:
    return sealed.replace(value_of(sealed, "password"), "hunter2-new", 1)


def of_type(old: str, new: str) -> Change:
    return lambda sealed: re.sub(rf"type:{old}\]", f"type:{new}]", sealed, count=1)


def damaged_key(sealed: str) -> str:
    start = sealed.index("FILE-----\n") + 80
    return sealed[:start] + ("A" if sealed[start] != "A" else "B") + sealed[start + 1 :]


TAMPERED: list[tuple[str, Change, str]] = [
    ("a flipped bit", flipped, "connections.crm.password was changed"),
    ("a moved value", moved, "connections.crm.password has the value of another entry, connections.dwh.password"),
    ("a renamed entry", replaced("crm:", "crn:"), "connections.crn.conn_type was changed"),
    ("a removed entry", removed("password"), "An entry was removed, added, put in another order"),
    ("a reordered list", swapped, "An entry was removed, added, put in another order"),
    ("an empty value", lambda s: s.replace(value_of(s, "host"), '""', 1), "An entry was removed"),
    ("a value in clear", in_clear, "connections.crm.password is not encrypted"),
    ("a number in clear", lambda s: s.replace(value_of(s, "port"), "5432"), "connections.dwh.port is not encrypted"),
    ("a type that does not fit", of_type("str", "int"), "connections.crm.conn_type was changed: its type"),
    ("an unknown type", of_type("str", "text"), "connections.crm.conn_type was changed: its type"),
    ("a text as bytes", of_type("str", "bytes"), "connections.crm.conn_type was changed: its type"),
    ("a text as a time", of_type("str", "time"), "connections.crm.conn_type was changed: its type"),
    ("a name that draws", replaced("crm:", r'"c\nrm":'), r"'connections.c\nrm.conn_type' was changed"),
    ("another time", lambda s: re.sub('lastmodified: "2', 'lastmodified: "3', s), "The checksum of dev.yaml"),
    ("no checksum", lambda s: re.sub(r" *mac: .*\n", "", s), "The section sops of dev.yaml is cut off or was changed"),
    ("an empty checksum", lambda s: re.sub(r"mac: .*", 'mac: ""', s), "The checksum of dev.yaml"),
    ("a foreign checksum", lambda s: re.sub(r"mac: .*", f"mac: {value_of(s, 'password')}", s), "The checksum"),
    ("other rules", replaced("unencrypted_suffix: _unencrypted", "encrypted_suffix: _x"), "An entry was removed"),
    ("two rules", replaced("    version", "    encrypted_regex: x\n    version"), "has several rules"),
    ("no encrypted values in the checksum", replaced("    mac:", "    mac_only_encrypted: true\n    mac:"), "An entry"),
    ("cut off before the section", lambda s: s[: s.index("sops:")], "dev.yaml is cut off"),
    ("cut off in a value", lambda s: s[: s.index("iv:")], "dev.yaml is cut off"),
    ("cut off in the key", lambda s: s[: s.index("-----END")], "The section sops of dev.yaml is cut off"),
    ("cut off in the checksum", lambda s: s[: s.index("mac:") + 60], "The section sops of dev.yaml is cut off"),
    ("a damaged key", damaged_key, "that is encrypted for age1"),
]


@pytest.mark.parametrize(("change", "said"), [pytest.param(*row[1:], id=row[0]) for row in TAMPERED])
def test_what_was_tampered_with_is_refused_by_name(sealed: str, keys: Keys, change: Change, said: str) -> None:
    changed = change(sealed)
    assert changed != sealed
    with pytest.raises(IntegrityError) as refused:
        open_document(changed.encode(), keys, what="dev.yaml")
    assert said in refused.value.message
    assert_nothing_shows(refused.value)


def test_a_large_value_that_was_changed_is_told_in_no_time(identity: Identity, keys: Keys) -> None:
    many = "".join(f"  v{number}: s\n" for number in range(1000))
    sealed = seal(f"variables:\n{many}  large: {'x' * 500_000}\n", identity).decode()
    found = value_of(sealed, "large")
    began = time.monotonic()
    with pytest.raises(IntegrityError, match=r"variables\.large was changed"):
        open_document(sealed.replace(found[30:40], "A" * 10).encode(), keys, what="dev.yaml")
    assert time.monotonic() - began < 2  # at every place it takes four


BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 9)}]\n" for n in range(9))

REFUSED: list[tuple[str, Change | bytes, type[AirsideError], str]] = [
    ("not encrypted", TEXT.encode(), UsageError, "dev.yaml is not encrypted"),
    ("empty", b"", UsageError, "dev.yaml is not encrypted"),
    ("conflict marks", lambda s: f"<<<<<<< HEAD\n{s}=======\n{s}>>>>>>> x\n", FindingsError, "marks of a merge"),
    ("a key twice", lambda s: s.replace("    dwh:", "    crm:"), FindingsError, "has the key 'crm' twice (line"),
    ("not UTF-8", b"a: hunter2\xff", FindingsError, "dev.yaml is not UTF-8"),
    ("no YAML", b"a: 'hunter2", FindingsError, "dev.yaml is not valid YAML (line 1)"),
    ("no mapping", b"- hunter2", FindingsError, "dev.yaml is not a mapping"),
    ("two documents", lambda s: f"{s}---\n{s}", FindingsError, "holds more than one document"),
    ("a tag", b"a: !!python/object:hunter2 {}", FindingsError, "has a tag"),
    ("too large", b"#" * (MAX_BYTES + 1), FindingsError, "is larger than 8 MiB"),
    ("deep lists", b"- " * 100_000, FindingsError, f"nested deeper than {MAX_DEPTH}"),
    ("deep JSON", b'{"a":' * 100_000, FindingsError, f"nested deeper than {MAX_DEPTH}"),
    ("JSON a little deep", b'{"a":' * 65 + b"1" + b"}" * 65, FindingsError, f"nested deeper than {MAX_DEPTH}"),
    ("an alias bomb", BOMB.encode(), FindingsError, "has more than 200000 keys and values"),
    ("a loop", b"a: &a [*a]", FindingsError, "alias of something that is not written before it"),
    ("half a surrogate", rb'{"a": "\ud800"}', FindingsError, "is not valid Unicode"),
    ("a JSON key twice", b'{"a": 1, "a": 2}', FindingsError, "has the key 'a' twice"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "kind", "said"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_what_is_no_encrypted_document_is_refused_for_its_own_reason(
    sealed: str, keys: Keys, change: Change | bytes, kind: type[AirsideError], said: str
) -> None:
    data = change if isinstance(change, bytes) else change(sealed).encode()
    with pytest.raises(kind) as refused:
        open_document(data, keys, what="dev.yaml")
    assert said in refused.value.message
    assert_nothing_shows(refused.value)


def test_a_key_that_does_not_fit_is_told_whom_to_ask(sealed: str, identity: Identity) -> None:
    stranger = make_identity()
    with pytest.raises(UsageError, match="No key here can decrypt") as refused:
        open_document(sealed.encode(), load_keys(stranger.variables), what="dev.yaml")
    assert identity.public in refused.value.message
    assert stranger.public in (refused.value.hint or "")
    with pytest.raises(UsageError, match="There is no age key here") as refused:
        open_document(sealed.encode(), Keys(), what="dev.yaml")
    assert identity.public in refused.value.message


def test_a_document_for_a_service_says_which_keys_it_wants(keys: Keys, sealed: str) -> None:
    metadata = "    kms:\n        - {arn: x, enc: x}\n    lastmodified"
    other = re.sub(r"    age:\n(?s:.*?)    lastmodified", metadata, sealed)
    with pytest.raises(UsageError, match="is encrypted for keys of AWS KMS: here only the program sops can"):
        open_document(other.encode(), keys, what="dev.yaml")


def test_no_flipped_bit_of_a_value_goes_unnoticed(sealed: str, keys: Keys) -> None:
    data = sealed.encode()
    spans = [match.span() for match in re.finditer(rb"ENC\[[^\n]*\]", data)]
    places = [place for start, end in spans for place in range(start, end)]
    chosen = random.Random(20261121)  # noqa: S311 - the same places each time
    for place in chosen.sample(places, 1000):
        changed = bytearray(data)
        changed[place] ^= 1 << chosen.randrange(8)
        with pytest.raises(AirsideError):
            open_document(bytes(changed), keys, what="dev.yaml")


def test_of_several_base64_texts_of_the_same_bytes_one_is_taken(sealed: str, keys: Keys) -> None:
    """The last digit before the padding has bits that mean nothing."""
    tag = re.search(r"tag:([^,]*)([A-Za-z0-9+/])==,", sealed)
    assert tag is not None
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    changed = sealed.replace(tag[0], f"tag:{tag[1]}{digits[digits.index(tag[2]) + 1]}==,")
    with pytest.raises(IntegrityError):
        open_document(changed.encode(), keys, what="dev.yaml")


def assert_nothing_shows(error: BaseException) -> None:
    """Look through what any handler of `error` could print or send."""
    for one in chain(error):
        told = f"{one!r} {vars(one)} {getattr(one, 'object', b'')!r} {getattr(one, 'doc', '')}"
        assert "hunter2" not in told
        assert "AGE-SECRET" not in told


def chain(error: BaseException | None) -> Iterator[BaseException]:
    if error is not None:
        yield error
        yield from chain(error.__cause__)
        yield from chain(error.__context__)


def test_json_and_yaml_of_the_same_document_are_refused_alike(identity: Identity, keys: Keys) -> None:
    sealed = seal(json.dumps({"variables": {"a": "hunter2"}}), identity, kind="json").decode()
    with pytest.raises(IntegrityError, match=r"variables\.b was changed"):
        open_document(sealed.replace('"a"', '"b"').encode(), keys, what="dev.json")
