"""Secrets that were applied: noticed soon, asked for seldom, used on while the store is away, refused when broken."""

import logging
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from sealed import Identity, seal
from shipping import REQUEST, apply
from signing_keys import trust_text

from airside.base.errors import IntegrityError, StoreUnavailableError, UntrustedError
from airside.delivery.secret_documents import SecretsRelease, propose_secrets, publish_secrets
from airside.release.record import Builder, Source
from airside.secrets.identities import Keys
from airside.secrets.store_source import INTERVAL, LONGEST_PAUSE, StoreSource
from airside.store.opening import open_store
from airside.store.port import Store

Applying = Callable[..., None]


LATER = INTERVAL + 60
"""More than the interval after the time of files, which is that of the machine."""


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = datetime.now().astimezone().timestamp()

    def __call__(self) -> float:
        return self.now


class Counted:
    """A real store that counts what is read, and can go away."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reads = 0
        self.away = False

    def read(self, *args: object, **kwargs: object) -> object:
        self.reads += 1
        if self.away:
            raise StoreUnavailableError("The store does not answer")
        return self.store.read(*args, **kwargs)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


@pytest.fixture
def store(tmp_path: Path) -> Counted:
    return Counted(open_store(str(tmp_path / "store"), {}))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def applying(store: Counted, identity: Identity) -> Applying:
    def apply_texts(second: int = 0, change: Callable[[bytes], bytes] = bytes, **texts: str) -> None:
        documents = {f"secrets/{name}.yaml": change(seal(text, identity)) for name, text in texts.items()}
        created = f"2026-11-21T04:30:{second:02}Z"
        release = SecretsRelease.of(
            "sales-flows", documents, Source(commit="c" * 40), builder=Builder(version="0.1.0"), created_at=created
        )
        proposal = propose_secrets(store.store, REQUEST, release)
        publish_secrets(store.store, release)
        apply(store.store, proposal)

    return apply_texts


@pytest.fixture
def make(tmp_path: Path, store: Counted, keys: Keys, clock: Clock) -> Callable[..., StoreSource]:
    def source(name: str = "cache", trust: Path | None = None) -> StoreSource:
        return StoreSource(tmp_path / name, "production", lambda: store, keys, trust, clock=clock)  # type: ignore[arg-type, return-value]

    return source


Making = Callable[..., StoreSource]


def test_what_is_applied_is_read_within_the_interval(
    make: Making, applying: Applying, store: Counted, clock: Clock
) -> None:
    source = make()
    assert dict(source.read().variables) == {}
    applying(base="variables: {a: 1, b: 1}", production="variables: {b: 2}")
    clock.now += LATER
    first = source.read()
    assert dict(first.variables) == {"a": "1", "b": "2"}
    applying(1, production="variables: {b: 3}")
    reads = store.reads
    assert source.read() is first
    assert store.reads == reads
    clock.now += LATER
    assert dict(source.read().variables) == {"b": "3"}
    assert source.read().version != first.version


def test_another_process_that_asked_just_now_saves_the_question(
    make: Making, applying: Applying, store: Counted, clock: Clock
) -> None:
    applying(production="variables: {a: 1}")
    first = make().read()
    clock.now = max(clock.now, datetime.now().astimezone().timestamp())
    reads = store.reads
    other = make()
    assert other.read() == first
    assert store.reads == reads
    clock.now += LATER
    other.read()
    assert store.reads == reads + 1


def test_while_the_store_is_away_the_last_documents_are_used_and_it_is_said_once(
    make: Making, applying: Applying, store: Counted, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    applying(production="variables: {a: hunter2}")
    first = make().read()
    store.away = True
    clock.now += LATER
    source = make()
    with caplog.at_level(logging.WARNING):
        assert source.read() == first
        reads = store.reads
        clock.now += INTERVAL
        source.read()
        assert store.reads == reads  # it is asked less often
        clock.now += INTERVAL
        source.read()
        assert store.reads == reads + 1
    assert caplog.messages == [
        "The secrets of production are used as they were last applied here: The store does not answer"
    ]
    with pytest.raises(StoreUnavailableError):
        make("elsewhere").read()


def test_what_is_on_this_disk_is_encrypted(make: Making, applying: Applying, tmp_path: Path) -> None:
    applying(production="variables: {a: hunter2}")
    assert make().read().variable("a") == "hunter2"
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and not path.is_symlink()]
    assert any(b"ENC[AES256_GCM" in path.read_bytes() for path in files)
    assert not any(b"hunter2" in path.read_bytes() for path in files)


def test_a_release_without_a_signature_that_is_demanded_is_refused(
    make: Making, applying: Applying, tmp_path: Path, clock: Clock, store: Counted
) -> None:
    trust = tmp_path / "trust.toml"
    trust.write_text(trust_text({"production": {"releases": ["ci"], "threshold": 1}}))
    applying(production="variables: {a: 1}")
    source = make(trust=trust)
    for _ in range(2):
        with pytest.raises(UntrustedError):
            source.read()
    reads = store.reads
    with pytest.raises(UntrustedError):
        source.read()
    assert store.reads == reads  # the store is not asked at each look-up


def test_what_another_process_accepted_without_a_signature_is_not_taken_over_by_one_that_demands_it(
    make: Making, applying: Applying, tmp_path: Path, clock: Clock
) -> None:
    trust = tmp_path / "trust.toml"
    trust.write_text(trust_text({"production": {"releases": ["ci"], "threshold": 1}}))
    applying(production="variables: {a: 1}")
    make().read()
    clock.now = datetime.now().astimezone().timestamp()
    with pytest.raises(UntrustedError):
        make(trust=trust).read()


def test_a_document_that_was_tampered_with_before_it_was_applied_is_refused_and_no_older_one_is_used(
    make: Making, applying: Applying, store: Counted, clock: Clock
) -> None:
    applying(production="variables: {a: 1}")
    source = make()
    source.read()
    applying(1, lambda sealed: sealed.replace(b"bad:", b"bed:"), production="variables: {bad: 1}")
    clock.now += LATER
    with pytest.raises(IntegrityError, match=r"^secrets/production\.yaml: variables\.bed was changed"):
        source.read()
    applying(2, production="variables: {a: 3}")
    clock.now += LATER
    assert source.read().variable("a") == "3"


@pytest.mark.parametrize("names", [("other",), ("base", "other"), ("other", "production")])
def test_documents_of_another_environment_are_refused(make: Making, applying: Applying, names: Sequence[str]) -> None:
    """Without the refusal, names of its own document would be unknown, or those of ``base.yaml``."""
    applying(**dict.fromkeys(names, "variables: {a: 1}"))
    with pytest.raises(IntegrityError, match=r"as the secrets of 'production' holds (secrets/other\.yaml|no document)"):
        make().read()


def test_what_one_process_cannot_fetch_is_an_error_in_all_that_share_its_folder(
    make: Making, applying: Applying, clock: Clock, tmp_path: Path
) -> None:
    applying(production="variables: {a: 1}")
    make().read()
    applying(1, production="variables: {a: 2}")
    for path in (tmp_path / "store/packs").iterdir():
        path.write_bytes(b"harmed")
    clock.now += LATER
    with pytest.raises(IntegrityError):
        make().read()
    clock.now = datetime.now().astimezone().timestamp()  # another one asks right after it
    with pytest.raises(IntegrityError):
        make().read()


def test_after_a_store_was_away_it_is_asked_as_often_as_before_and_the_next_time_is_told(
    make: Making, applying: Applying, store: Counted, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    applying(production="variables: {a: 1}")
    source = make()
    source.read()
    for _ in range(2):
        store.away = True
        for _ in range(6):
            clock.now += LONGEST_PAUSE
            source.read()
        store.away = False
        clock.now = datetime.now().astimezone().timestamp()
        make().read()  # another process finds it again, and tells this one
        source.read()
        reads = store.reads
        clock.now += INTERVAL
        source.read()
        assert store.reads == reads + 1
    assert len(caplog.messages) == 2


def test_a_document_that_changed_on_this_disk_is_refused_and_fetched_anew_once_it_is_removed(
    make: Making, applying: Applying, tmp_path: Path, clock: Clock
) -> None:
    applying(production="variables: {a: abc}")
    first = make().read()
    (path,) = (tmp_path / "cache/versions").rglob("production.yaml")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"variables:", b"Variables:"))
    with pytest.raises(IntegrityError, match="is not what was fetched") as caught:
        make().read()
    folder = path.parents[1]
    assert str(folder) in str(caught.value.hint)
    shutil.rmtree(folder)
    clock.now += LATER
    assert make().read() == first


def test_a_failure_that_is_told_again_and_again_does_not_grow(make: Making, store: Counted) -> None:
    store.away = True
    source = make()
    lengths = set()
    for _ in range(5):
        with pytest.raises(StoreUnavailableError) as caught:
            source.read()
        lengths.add(len(caught.traceback))
    assert len(lengths) <= 2  # the first one, and all after it
