"""A trust file says clearly whom to trust, or is refused by name, key and expectation."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signing_keys import TWO_OF_THREE, signer, trust_text

from airside.base.errors import AirsideError, UntrustedError, UsageError
from airside.signing.trust import MAX_TRUST_BYTES, load_trust, trust_of

GOOD = trust_text(TWO_OF_THREE)
CI = signer("ci").public


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "trust.toml"
    file.write_text(GOOD)
    file.chmod(0o644)
    return file


def test_a_good_file_is_read(path: Path) -> None:
    trust = load_trust(path)
    assert (trust.workspace, list(trust.keys), trust.origin) == ("sales-flows", ["ci", "ana", "ben"], str(path))
    rule = trust.rule("production")
    assert (list(rule.releases), list(rule.moves), rule.threshold) == (["ci", "ana", "ben"], ["ana", "ben"], 2)
    assert trust.wants("production") == [signer(name).public.keyid for name in ("ci", "ana", "ben")]


def test_the_id_of_a_key_need_not_be_stated() -> None:
    text = GOOD.replace(f'keyid = "{CI.keyid}"\n', "")
    assert trust_of(text.encode(), "trust.toml").keys["ci"].keyid == CI.keyid


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there has to be a key `format`"),
        ("format = 1\n", "there has to be a key `workspace`"),
        ("format = 1\nworkspace = ", "not valid TOML"),
        ("format = 0\nworkspace = 'a'\n", "format: expected a whole number >= 1"),
        ("format = '1'\nworkspace = 'a'\n", "format: expected a whole number, found `str`"),
        ("format = 2\nworkspace = 'a'\nkeys = 7\n", "format: 2 is newer than this Airside reads, which is 1; upgrade"),
        ("format = 1\nworkspace = 'A b'\n", "workspace: 'A b' is not a name"),
        ("format = 1\nworkspace = 'a'\ncolour = 1\n", "there is no such key as `colour`"),
        ("format = 1\nworkspace = 'a'\nkeys = 7\n", "keys: expected a table, found `int`"),
        ("format = 1\nworkspace = 'a'\nkeys.ci = 7\n", "keys.ci: expected a table, found `int`"),
        (GOOD.replace("releases =", "release ="), "environments.production: there is no such key as `release`"),
        (GOOD.replace("threshold = 2", "threshhold = 2"), "environments.production: there is no such key as"),
        (
            GOOD.replace("threshold = 2", "threshold = 0"),
            "environments.production.threshold: expected a whole number >= 1",
        ),
        (
            GOOD.replace("threshold = 2", "threshold = true"),
            "environments.production.threshold: expected a whole number",
        ),
        (GOOD.replace("threshold = 2", "threshold = 4"), "threshold: 4 signatures can never be had of 3 keys"),
        (GOOD.replace("threshold = 2", "unsigned = true"), "unsigned = true goes with no other key"),
        (GOOD.replace('releases = ["ci", "ana", "ben"]\n', ""), "environments.production: expected releases ="),
        (GOOD.replace('["ci", "ana", "ben"]', "[]"), "environments.production.releases: expected the name of at least"),
        (GOOD.replace('["ana", "ben"]', "[]"), "environments.production.moves: expected the name of at least one key"),
        (GOOD.replace('["ana", "ben"]', '["eve"]'), "moves: there is no key 'eve' in [keys] (known: ci, ana, ben)"),
        (GOOD.replace('["ana", "ben"]', '"ana"'), "environments.production.moves: expected a list, found `str`"),
        (GOOD.replace('"production"', '"Production"'), "environments.Production: expected the name of an environment"),
        (GOOD.replace('"production"', '"a/b/*"'), "environments.a/b/*: expected the name of an environment"),
        (GOOD.replace('"production"', '"*/*"'), "environments.*/*: expected the name of an environment"),
        (GOOD.replace("[keys.ci]", '[keys."../ci"]'), "keys.../ci: '../ci' is not a name"),
        (GOOD.replace(CI.public, CI.public[:-2]), "keys.ci: public: expected 64 hexadecimal digits"),
        (GOOD.replace(CI.public, "zz" * 32), "keys.ci: public: expected 64 hexadecimal digits"),
        (GOOD.replace(CI.public, signer("eve").public.public), "keys.ci: keyid does not fit the public part"),
        (GOOD.replace('scheme = "ed25519"', 'scheme = "none"', 1), "keytype 'ed25519' with scheme 'none' is not supp"),
        (GOOD.replace('keytype = "ed25519"\n', "", 1), "keys.ci: there has to be a key `keytype`"),
    ],
    ids=lambda value: value[:40] if value.isprintable() else "",
)
def test_a_bad_file_is_refused_with_the_key_and_what_was_expected(path: Path, text: str, told: str) -> None:
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_trust(path)
    assert caught.value.message.startswith(f"{path}: ")
    assert told in caught.value.message
    assert caught.value.hint is not None


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no trust file"):
        load_trust(tmp_path / "missing.toml")
    with pytest.raises(UsageError, match="trust file"):
        load_trust(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="is not a file"):
        load_trust(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(UsageError, match="There is no trust file"):
        load_trust(tmp_path / "dangling")


def test_a_file_without_end_is_refused(path: Path) -> None:
    path.write_bytes(b"#" * (MAX_TRUST_BYTES + 1))
    with pytest.raises(UsageError, match="at most"):
        load_trust(path)


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666, 0o622])
def test_a_file_that_others_can_write_is_refused_on_a_host(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(UntrustedError, match="can be written by other accounts") as caught:
        load_trust(path)
    assert caught.value.hint == f"chmod go-w {path}"
    assert load_trust(path, guarded=False).workspace == "sales-flows", "a workspace with a umask of 002"


def test_a_link_is_followed_and_what_it_leads_to_is_judged(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "mounted.toml"
    link.symlink_to(path)
    assert load_trust(link).workspace == "sales-flows"
    path.chmod(0o666)
    with pytest.raises(UntrustedError):
        load_trust(link)


@given(st.integers(0, len(GOOD) - 1))
def test_a_file_that_was_cut_never_trusts_more(length: int) -> None:
    try:
        trust = trust_of(GOOD[:length].encode(), "trust.toml")
    except UsageError:
        return
    with_rule = trust.rules.get("production")
    if with_rule is not None:  # cut after a line: what is left may not demand less
        assert with_rule.threshold <= 2
        assert set(with_rule.releases) <= {"ci", "ana", "ben"}


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"{GOOD}{text}".encode()))
def test_no_bytes_fail_with_another_error(data: bytes) -> None:
    try:
        trust_of(data, "trust.toml")
    except AirsideError as error:
        assert error.message.startswith("trust.toml: ")  # noqa: PT017 - most of the bytes are refused, some may hold
