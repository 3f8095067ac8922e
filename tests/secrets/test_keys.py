from pathlib import Path

import pytest

from airside.base.errors import UsageError
from airside.secrets.keys import ensure_key, key_file


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return key_file(tmp_path / "config")


def test_a_key_is_made_once_and_for_its_owner_only(keys: Path) -> None:
    public = ensure_key(keys)
    assert public.startswith("age1")
    assert ensure_key(keys) == public
    assert keys.stat().st_mode & 0o777 == 0o600
    assert keys.parent.stat().st_mode & 0o777 == 0o700


def test_a_key_that_others_can_read_is_refused(keys: Path) -> None:
    ensure_key(keys)
    keys.chmod(0o644)
    with pytest.raises(UsageError, match="open to other users") as refused:
        ensure_key(keys)
    assert refused.value.hint == f"chmod 600 {keys}"


def test_a_broken_key_file_is_never_replaced_or_shown(keys: Path) -> None:
    ensure_key(keys)
    keys.write_text("AGE-SECRET-KEY-1BROKEN\n")
    with pytest.raises(UsageError, match="holds no age key") as refused:
        ensure_key(keys)
    assert "1BROKEN" not in str(refused.value)
    assert keys.read_text() == "AGE-SECRET-KEY-1BROKEN\n"


def test_a_key_file_that_is_no_text_is_told(keys: Path) -> None:
    ensure_key(keys)
    keys.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="holds no age key"):
        ensure_key(keys)
