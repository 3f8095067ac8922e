"""What is followed when a trust file demands signatures: R12, R13 and R14 where they matter, at the reader."""

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from shipping import NOW, record_of, sources

from airside.base.errors import AirsideError, IntegrityError, UntrustedError
from airside.delivery.activate import Stamp, activate
from airside.delivery.countersignatures import add_signature
from airside.delivery.following import Follower
from airside.delivery.moves import Request, propose_deploy
from airside.delivery.publish import publish
from airside.release.envelope import Sign, unsigned
from airside.release.pointer import Pointer
from airside.release.record import Record
from airside.release.tree import Tree
from airside.signing.keyring import Keyring
from airside.store.folder import FolderStore

A = {"dags/orders.py": "x = 'a'\n"}
B = {"dags/orders.py": "x = 'b'\n"}

Demand = Callable[..., None]


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    keyring = Keyring(tmp_path / "keys")
    for name in ("ci", "ana", "mallory"):
        keyring.generate(name)
    return keyring


@pytest.fixture
def demand(tmp_path: Path, keyring: Keyring) -> Demand:
    """Write the trust file: who may release to production, and how many of them it takes."""

    def write(*names: str, threshold: int = 1) -> None:
        lines = ["format = 1", "workspace = 'sales-flows'"]
        for name in names:
            key = keyring.read(name).key
            lines += [f"[keys.{name}]", f"keytype = '{key.keytype}'", f"scheme = '{key.scheme}'"]
            lines += [f"public = '{key.public}'"]
        lines += ["[environments.production]", f"releases = {list(names)}", f"threshold = {threshold}"]
        path = tmp_path / "new.toml"
        path.write_text("\n".join(lines))
        path.chmod(0o644)
        path.rename(tmp_path / "trust.toml")

    return write


@pytest.fixture
def follower(tmp_path: Path, store: FolderStore) -> Follower:
    made = Follower(tmp_path / "cache", "production", lambda: store, trust=tmp_path / "trust.toml")
    made.prepare()
    return made


def ship(
    store: FolderStore, files: dict[str, str], sign: Sign, *, move: Sign | None = None, environment: str = "production"
) -> tuple[Record, Pointer]:
    record = record_of(files).signed(sign)
    publish(store, sources(files), record)
    proposal = propose_deploy(
        store, Request("sales-flows", environment, "ana"), record, Tree.of_sources(sources(files))
    )
    stamp = Stamp(NOW, secrets.token_hex(16), move or sign)
    return record, activate(store, proposal.move, proposal.current, stamp).pointer


def served(follower: Follower) -> str | None:
    path = follower.path / "dags/orders.py"
    return path.read_text() if path.exists() else None


def test_what_the_right_key_signed_is_served(
    store: FolderStore, follower: Follower, keyring: Keyring, demand: Demand
) -> None:
    demand("ci")
    ship(store, A, keyring.signer("ci").sign)
    assert follower.poll(patience=None).flipped
    assert served(follower) == A["dags/orders.py"]


@pytest.mark.parametrize(("release", "move"), [("ci", None), (None, "ci"), ("mallory", "ci"), ("ci", "mallory")])
def test_what_others_signed_is_not_served_and_fetched_no_further_than_its_record(
    store: FolderStore, follower: Follower, keyring: Keyring, demand: Demand, release: str | None, move: str | None
) -> None:
    demand("ci")
    signs = [keyring.signer(name).sign if name else unsigned for name in (release, move)]
    ship(store, A, signs[0], move=signs[1])
    for _ in range(2):
        with pytest.raises(UntrustedError):
            follower.poll(patience=None)
    assert served(follower) is None
    assert list((follower.root / "versions").iterdir()) == []


def test_two_signatures_are_two_people(
    store: FolderStore, follower: Follower, keyring: Keyring, demand: Demand
) -> None:
    demand("ci", "ana", threshold=2)
    record, _ = ship(store, A, keyring.signer("ci").sign)
    with pytest.raises(UntrustedError, match="2"):
        follower.poll(patience=None)
    add_signature(store, record.id, keyring.signer("ci").signature(record.sealed))
    with pytest.raises(UntrustedError):
        follower.poll(patience=None)
    add_signature(store, record.id, keyring.signer("ana").signature(record.sealed))
    assert follower.poll(patience=None).flipped


def test_a_pointer_copied_from_another_environment_is_refused(
    store: FolderStore, follower: Follower, keyring: Keyring, demand: Demand
) -> None:
    demand("ci")
    ship(store, A, keyring.signer("ci").sign, environment="preprod")
    folder = Path(store.location, "environments")
    shutil.copy(folder / "preprod.json", folder / "production.json")
    with pytest.raises(IntegrityError, match="is that of 'preprod'"):
        follower.poll(patience=None)


def test_a_signed_pointer_to_another_release_record_is_refused(
    store: FolderStore, follower: Follower, keyring: Keyring, demand: Demand
) -> None:
    demand("ci")
    first, _ = ship(store, A, keyring.signer("ci").sign)
    second, _ = ship(store, B, keyring.signer("ci").sign)
    folder = Path(store.location, "releases")
    shutil.copy(folder / f"{first.id}.json", folder / f"{second.id}.json")
    with pytest.raises(IntegrityError):
        follower.poll(patience=None)
    assert served(follower) is None


def test_a_key_that_is_taken_out_no_longer_moves_anything_and_its_generations_are_forgotten(
    store: FolderStore, follower: Follower, keyring: Keyring, demand: Demand, tmp_path: Path
) -> None:
    demand("ci", "mallory")
    ship(store, A, keyring.signer("ci").sign)
    follower.poll(patience=None)
    before = tmp_path / "before"
    shutil.copytree(store.location, before)
    ship(store, B, keyring.signer("mallory").sign)
    ship(store, A, keyring.signer("mallory").sign)
    follower.poll(patience=None)
    demand("ci")
    with pytest.raises(UntrustedError):
        follower.poll(patience=None)
    shutil.rmtree(store.location)
    shutil.copytree(before, store.location)
    assert follower.poll(patience=None).pointer is not None, "generation 1 again, under other keys"
    assert ship(store, B, keyring.signer("ci").sign)[1].generation == 2
    assert follower.poll(patience=None).flipped
    assert served(follower) == B["dags/orders.py"]


@pytest.mark.parametrize("text", [None, "", "format = 1\n", "format = 9\n", "nonsense"])
def test_a_trust_file_that_is_gone_or_broken_lets_nothing_new_through(
    store: FolderStore, follower: Follower, keyring: Keyring, demand: Demand, tmp_path: Path, text: str | None
) -> None:
    demand("ci")
    ship(store, A, keyring.signer("ci").sign)
    follower.poll(patience=None)
    if text is None:
        (tmp_path / "trust.toml").unlink()
    else:
        (tmp_path / "trust.toml").write_text(text)
    ship(store, B, keyring.signer("ci").sign)
    for _ in range(3):
        with pytest.raises(AirsideError, match="trust"):
            follower.poll(patience=None)
    assert served(follower) == A["dags/orders.py"]
    demand("ci")
    assert follower.poll(patience=None).flipped
