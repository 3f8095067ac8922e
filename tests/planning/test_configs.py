import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.planning.configs import KeyChange, config_changes
from airside.planning.source_diff import MAX_LINES, source_diff

ALIASES = "- &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"- &{new} [{f'*{old},' * 10}]\n" for old, new in ("ab", "bc", "cd", "de", "ef", "fg", "gh")
)
"""Of 300 bytes, and of 10^8 values."""


def keys(before: str, after: str, path: str = "configs/a.yaml") -> tuple[KeyChange, ...]:
    (change,) = config_changes({path: (before.encode(), after.encode())})
    return change.keys


def test_keys_are_compared_at_any_depth() -> None:
    found = keys("a: {b: [1, {c: x}]}\nd: null\n", "a: {b: [1, {c: y}]}\ne: false\n")
    assert found == (KeyChange("a.b.1.c", "x", "y"), KeyChange("d", "null", None), KeyChange("e", None, "false"))


def test_json_is_compared_too_and_another_order_is_no_change_of_keys() -> None:
    assert keys('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', "configs/a.json") == ()


@pytest.mark.parametrize("key", ["password", "db_password", "API_KEY", "auth.token", "clientSecret", "private-key"])
def test_the_value_of_a_key_that_sounds_secret_is_not_shown(key: str) -> None:
    assert keys(f"{key}: hunter1", f"{key}: hunter2") == (KeyChange(key, "•••", "•••"),)


def test_a_password_in_a_url_is_not_shown() -> None:
    assert keys("url: a", "url: postgres://me:hunter2@host/db")[0].after == "postgres://me:•••@host/db"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1", "a: ["),
        ("a: 1", "a: " + "[" * 5000),
        ("a: ENC[x]\nsops: {}", "a: ENC[y]\nsops: {}"),
        ("a: 1", ALIASES),
        ("a: 1", "a: " + "x" * 300_000),
        ("a: 1", "? [1, 2]\n: x\n"),
        ("a: 1", "a: 2001-99-99"),
    ],
    ids=["invalid", "deep", "encrypted", "aliases", "large", "list as key", "no date"],
)  # fmt: skip
def test_what_cannot_be_compared_by_keys_only_changes(before: str, after: str) -> None:
    assert keys(before, after) == ()


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_bytes_are_a_config_that_changes_or_not(before: bytes, after: bytes) -> None:
    assert bool(config_changes({"configs/a.yaml": (before, after)})) is (before != after)


def test_only_configs_are_compared_by_keys() -> None:
    assert config_changes({"dags/a.yaml": (b"a: 1", b"a: 2")}) == ()


def test_the_source_shows_what_changes_in_text() -> None:
    found = source_diff({"dags/a.py": (b"one\ntwo\n", b"one\nthree"), "b.bin": (b"\0", b"\1\0")})
    assert found == (
        "a/b.bin and b/b.bin differ, and are not shown: no text, too long, or a private key",
        "--- a/dags/a.py",
        "+++ b/dags/a.py",
        "@@ -1,2 +1,3 @@",
        " one",
        "-two",
        "+three",
        "+\\ No newline at end of file",
    )


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("configs/a.yaml", "password: hunter2 # of the lake"),
        ("configs/a.toml", 'token = "hunter2"'),
        ("dags/a.py", 'connect(user="me", password="hunter2")'),
        ("dags/a.py", 'url = "postgres://me:hunter2@host/db"'),
        ("lib/key.pem", "-----BEGIN PRIVATE KEY-----\nhunter2"),
    ],
)
def test_the_source_shows_no_secret(path: str, line: str) -> None:
    found = "\n".join(source_diff({path: (b"before\n", f"{line}\n".encode())}))
    assert found
    assert "hunter2" not in found


def test_the_source_shows_code_that_makes_a_secret() -> None:
    assert "+token = get_token()" in source_diff({"dags/a.py": (b"", b"token = get_token()\n")})


def test_the_source_of_a_large_change_is_cut() -> None:
    found = source_diff({f"dags/{number}.py": (b"", b"x\n" * 1500) for number in range(3)})
    assert len(found) == MAX_LINES + 1
    assert found[-1] == "… and more"
