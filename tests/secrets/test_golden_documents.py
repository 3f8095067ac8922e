"""What the real sops encrypts is read as the real sops decrypts it."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealed import Identity, decrypted, make_identity, seal

from airside.secrets.document import parse_document
from airside.secrets.identities import Keys, load_keys
from airside.secrets.layers import open_secrets
from airside.secrets.sealed.document import open_document

YAML = """\
# A comment at the top, with hunter2 in it
connections:
  as_uri: postgres://user:p%40ss@db.example.com:5432/sales?sslmode=require
  as_fields:  # beside
    conn_type: http
    description: "dépôt ☂ \\U0001F600"
    host: ""
    port: 443
    password: |
      -----BEGIN KEY-----
        indented
      -----END KEY-----
    extra: {timeout: 30, ratio: 2.50, tls: true, none: null, list: [1, two, [3, {four: 4}], {}], empty: []}
  in_vault: {from: vault, path: a/b}
  # The last one
variables:
  "on": switch
  yes: no
  "dots.and:colons": x
  octal: 0o17
  old_octal: 017
  hex: 0xFF
  underscored: 1_000
  sixty: 12:30:45
  float: 1e3
  tiny: 1e-7
  huge: 1e25
  minus: -5.50
  big: 9223372036854775807
  day: 2026-01-31
  moment: 2026-01-31T10:00:00.50+02:00
  spaced: 2026-1-3 4:05:06
  no_day: 2026-13-45
  quoted: "2026-01-31"
  tilde: [~, "~", null, "null"]
  equals: =
  public_unencrypted: {number: 1.50, whole: 2.0, large: 1e25, day: 2026-01-31, flag: true, text: plain, list: [1, a]}
"""

RULES: list[dict[str, object]] = [
    {},
    {"mac_only_encrypted": True},
    {"encrypted_regex": "^(password|extra|ratio|variables)$"},
    {"encrypted_regex": "(?i)PASS", "mac_only_encrypted": True},
    {"unencrypted_regex": "^(host|number|public_.*)$"},
    {"encrypted_suffix": "s"},
    {"encrypted_suffix": "nothing ends so"},
    {"unencrypted_suffix": "_fields"},
    {"unencrypted_comment_regex": "^ beside"},
    {"encrypted_comment_regex": "The last|beside"},
    {"encrypted_comment_regex": "beside", "mac_only_encrypted": True},
]


def lines(document: object) -> list[str]:
    """Return what is compared: types, numbers and the order of keys included."""
    return json.dumps(document, indent=0).splitlines()


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_document_is_read_as_sops_reads_it(identity: Identity, keys: Keys, rule: dict[str, object]) -> None:
    sealed = seal(YAML, identity, rule=rule)
    assert lines(open_document(sealed, keys, what="dev.yaml")) == lines(json.loads(decrypted(sealed, identity)))


@pytest.mark.parametrize("rule", [{}, {"mac_only_encrypted": True}, {"encrypted_regex": "c"}], ids=str)
def test_a_document_in_json_is_read_as_sops_reads_it(identity: Identity, keys: Keys, rule: dict[str, object]) -> None:
    text = '{"connections": {"c": {"a": [1, -2.5, true, null, "", "x\\n\\u00e9\\ud83d\\ude00", 1e25, 12345]}}, "b": 0}'
    sealed = seal(text, identity, kind="json", rule=rule)
    assert lines(open_document(sealed, keys, what="dev.json")) == lines(json.loads(decrypted(sealed, identity, "json")))


def test_what_is_edited_is_parsed_as_it_will_be_read_once_it_is_encrypted(identity: Identity, keys: Keys) -> None:
    parsed = parse_document(YAML.encode(), what="dev.yaml")
    read = open_secrets({"dev.yaml": seal(YAML, identity)}, keys)
    assert read.connections == parsed.connections
    assert read.variables == parsed.variables
    assert parsed.variables["moment"] == "2026-01-31T10:00:00.5+02:00"


def test_anchors_and_merge_keys_are_what_sops_makes_of_them(identity: Identity, keys: Keys) -> None:
    text = "variables:\n  one: &one {a: 1, b: [x]}\n  two: *one\n  three: {<<: *one, c: 2}\n"
    sealed = seal(text, identity)
    assert lines(open_document(sealed, keys, what="dev.yaml")) == lines(json.loads(decrypted(sealed, identity)))
    assert parse_document(text.encode(), what="x").variables == open_secrets({"x": sealed}, keys).variables


def test_each_of_two_recipients_reads_it(identity: Identity) -> None:
    other, stranger = make_identity(), make_identity()
    sealed = seal(YAML, identity, other)
    read = [open_document(sealed, load_keys(one.variables), what="x") for one in (identity, other)]
    assert read[0] == read[1]
    both = load_keys({"SOPS_AGE_KEY": f"{stranger.secret}\n{other.secret}"})
    assert open_document(sealed, both, what="x") == read[0]


# sops has whole numbers of 64 bits in YAML, and of 53 in JSON.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
# A key of several lines that begins with a space: sops 3.11 cannot read what it writes of one in a list.
KEYS = st.one_of(
    TEXTS.filter(lambda key: not ("\n" in key and key[:1].isspace())),
    st.sampled_from(["a", "a_unencrypted", "on", "1", "null", "<<", "a:b", "x\ny", "2026-01-01"]),
)
NUMBERS = st.one_of(
    st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number or 0.0)
)
LEAVES = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none(), st.just(""), st.sampled_from(["ENC[", "true", "1.0", "~"]))
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def escaped(document: object) -> str:
    """Return JSON that is YAML too: what YAML allows in no text, and takes for the end of a line, is escaped."""
    text = json.dumps(document, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@given(
    documents=st.lists(st.dictionaries(KEYS, NODES, max_size=6), min_size=10, max_size=10),
    kind=st.sampled_from(["yaml", "json"]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_document_is_read_as_sops_reads_it(
    identity: Identity, keys: Keys, documents: list[dict[str, Any]], kind: str
) -> None:
    sealed = seal(escaped({"variables": documents}), identity, kind=kind)
    ours = open_document(sealed, keys, what="fuzzed")
    assert lines(ours) == lines(json.loads(decrypted(sealed, identity, kind)))
