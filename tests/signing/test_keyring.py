"""The user's own keys: private, never replaced, and in no message."""

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from cryptography.hazmat.primitives.serialization import load_pem_private_key as load
from hypothesis import given
from hypothesis import strategies as st
from signing_keys import pem_of, release_by, signer

from airside.base.errors import AirsideError, UsageError
from airside.signing.key_file import KeyDocument, parse_key
from airside.signing.keyring import Keyring, chosen_signer
from airside.signing.signer import Signer

WHERE = "AIRSIDE_SIGNING_KEY"


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "config" / "airside" / "keys")


def test_a_key_is_for_its_owner_alone(keyring: Keyring) -> None:
    mask = os.umask(0)
    try:
        document = keyring.generate("ci")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(keyring.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((keyring.folder / "ci.pem").stat().st_mode) == 0o600
    assert document.uri == "file2:ci.pem"
    assert keyring.signer("ci").public == document.key
    assert [own.name for own in keyring] == ["ci"]


def test_a_generated_key_signs_what_its_public_part_verifies(keyring: Keyring) -> None:
    keyring.generate("ci")
    envelope = release_by().sealed
    signature = keyring.signer("ci").signature(envelope)
    assert keyring.read("ci").key.verifies(signature, envelope.signed_bytes)


def test_a_key_is_never_replaced(keyring: Keyring) -> None:
    first = keyring.generate("ci")
    with pytest.raises(UsageError, match="already; it is not replaced"):
        keyring.generate("ci")
    (keyring.folder / "ci.json").unlink()
    with pytest.raises(UsageError, match="already"):
        keyring.generate("ci")
    assert Signer.of_pem("ci", (keyring.folder / "ci.pem").read_bytes()).public == first.key


def test_of_two_that_make_a_key_at_once_one_wins(keyring: Keyring) -> None:
    code = f"""from pathlib import Path
from airside.base.errors import UsageError
from airside.signing.keyring import Keyring
try:
    print(Keyring(Path({str(keyring.folder)!r})).generate("ci").keyid)
except UsageError as error:
    assert "already" in error.message"""
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    printed = [process.communicate()[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert [line for line in printed if line] == [keyring.signer("ci").public.keyid]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_private_key_that_others_can_read_is_refused(keyring: Keyring, mode: int) -> None:
    keyring.generate("ci")
    path = keyring.folder / "ci.pem"
    path.chmod(mode)
    with pytest.raises(UsageError, match="is open to other accounts") as caught:
        keyring.signer("ci")
    assert caught.value.hint == f"chmod 600 {path}"
    with pytest.raises(UsageError, match="is open to other accounts"):
        chosen_signer(keyring, str(path), where=WHERE)


def test_a_link_in_place_of_a_key_is_refused(keyring: Keyring, tmp_path: Path) -> None:
    keyring.generate("ci")
    elsewhere = tmp_path / "elsewhere.pem"
    (keyring.folder / "ci.pem").rename(elsewhere)
    (keyring.folder / "ci.pem").symlink_to(elsewhere)
    with pytest.raises(UsageError, match="it is a link"):
        keyring.signer("ci")
    planted = keyring.folder / "ben.pem"
    planted.symlink_to(tmp_path / "planted")
    with pytest.raises(UsageError):
        keyring.generate("ben")
    assert not (tmp_path / "planted").exists()


def test_a_folder_that_others_can_enter_is_refused(keyring: Keyring) -> None:
    keyring.folder.mkdir(parents=True)
    keyring.folder.chmod(0o755)
    with pytest.raises(UsageError, match="open to other accounts"):
        keyring.generate("ci")


def test_a_private_key_that_was_exchanged_is_noticed(keyring: Keyring) -> None:
    keyring.generate("ci")
    path = keyring.folder / "ci.pem"
    path.write_bytes(pem_of("eve"))
    with pytest.raises(UsageError, match="is not the private part"):
        keyring.signer("ci")


@pytest.mark.parametrize("name", ["../ci", "Ci", "", "a/b", ".hidden", "a b", "x" * 64])
def test_a_name_that_leaves_the_folder_is_refused(keyring: Keyring, name: str) -> None:
    for use in (keyring.generate, keyring.read, keyring.signer):
        with pytest.raises(UsageError, match="cannot name a key"):
            use(name)


def test_a_key_is_chosen_by_name_path_pem_or_its_base64(keyring: Keyring, tmp_path: Path) -> None:
    keyring.generate("ci")
    pem = (keyring.folder / "ci.pem").read_bytes()
    path = tmp_path / "schlüssel %d.pem"
    path.write_bytes(pem)
    path.chmod(0o600)
    link = tmp_path / "mounted"
    link.symlink_to(path)
    choices = ["ci", str(path), str(link), pem.decode(), f"\n{pem.decode()}\n\n", base64.b64encode(pem).decode()]
    keyids = {chosen_signer(keyring, choice, where=WHERE).public.keyid for choice in choices}
    assert keyids == {keyring.read("ci").keyid}


CANARY = base64.b64encode(b"canary" * 8).decode()


@pytest.mark.parametrize(
    "secret",
    [
        f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n",
        f"-----BEGIN {CANARY}",
        CANARY,
        f"/{CANARY}/{CANARY}",
        f"{CANARY * 50}.pem",
        base64.b64encode(f"-----BEGIN PRIVATE KEY-----{CANARY}".encode()).decode(),
        f"hsm:{CANARY}",
    ],
)
def test_what_cannot_be_used_is_never_shown(keyring: Keyring, secret: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen_signer(keyring, secret, where=WHERE)
    error: BaseException | None = caught.value
    assert WHERE in caught.value.message
    while error is not None:
        assert CANARY not in f"{error} {error.args} {caught.value.hint}"
        error = error.__cause__


def test_a_private_key_is_in_no_representation() -> None:
    pem = pem_of("ci").decode().splitlines()[1]
    assert pem not in repr(signer("ci"))
    assert pem not in str(signer("ci"))


def test_a_key_with_a_passphrase_is_refused_clearly(keyring: Keyring) -> None:
    locked = load(pem_of("ci"), None).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    with pytest.raises(UsageError, match="without a passphrase"):
        chosen_signer(keyring, locked.decode(), where=WHERE)


def test_what_is_exported_is_what_is_trusted(keyring: Keyring) -> None:
    own = keyring.generate("ci")
    exported = KeyDocument.of("ana", own.key).to_bytes()
    assert b"uri" not in exported
    assert parse_key(exported, "ana.json").key == own.key


@given(st.binary(max_size=300))
def test_no_bytes_in_place_of_an_exported_key_fail_otherwise(data: bytes) -> None:
    with pytest.raises(UsageError):
        parse_key(data, "ana.json")


def test_an_exported_key_under_another_id_is_refused(keyring: Keyring) -> None:
    data = KeyDocument.of("ana", keyring.generate("ci").key).to_bytes()
    forged = data.replace(keyring.read("ci").keyid.encode(), signer("eve").public.keyid.encode())
    with pytest.raises(UsageError, match="keyid does not fit"):
        parse_key(forged, "ana.json")


def test_a_key_that_is_not_there_is_named_with_those_that_are(keyring: Keyring) -> None:
    keyring.generate("ci")
    with pytest.raises(AirsideError, match=r"There is no key 'ana' .*\(known: ci\)"):
        keyring.signer("ana")
