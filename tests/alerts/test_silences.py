"""Silences hold on every machine, have an author and an end, and hide nothing that was told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from alerted import Bench, event

from airside.alerts.event import Kind
from airside.alerts.ports import Channel, DeliveryError
from airside.alerts.silences import Wanted, covers, end_silence, held_silences, make_silence, parse_duration
from airside.alerts.storm import Message
from airside.base.errors import AirsideError, IntegrityError, RefusedError, UsageError
from airside.conformance.faults import Wrapped
from airside.release.keys import silence_end_key, silence_key
from airside.release.silence import Silence, parse_ended, parse_silence
from airside.store.folder import FolderStore
from airside.store.port import OutcomeUnknownError

NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
NONCES = ["0" * 32, "1" * 32]


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def silenced(store: FolderStore, workflows: str = "orders", environments: str = "*", hours: float = 2) -> Silence:
    wanted = Wanted(workflows, environments, " the warehouse moves ", "ada")
    return make_silence(store, wanted, (NOW, timedelta(hours=hours)), NONCES[0])


def test_a_silence_says_what_why_who_and_until_when(store: FolderStore) -> None:
    silence = silenced(store)
    assert held_silences(store, NOW) == (silence,)
    assert (silence.id, silence.until) == ("20261121-203000-00000000", "2026-11-21T20:30:00Z")
    assert (silence.reason, silence.actor, silence.at) == ("the warehouse moves", "ada", "2026-11-21T18:30:00Z")


def test_a_reason_is_one_line(store: FolderStore) -> None:
    wanted = Wanted("orders", "*", " the warehouse\n\tmoves ", "ada")
    made = make_silence(store, wanted, (datetime(2026, 11, 21, tzinfo=UTC), timedelta(hours=1)), "0" * 32)
    assert made.reason == "the warehouse moves"


def test_its_bytes_are_those_of_the_format(store: FolderStore) -> None:
    golden = (
        b'{"actor":"ada","at":"2026-11-21T18:30:00Z","environments":"*","format":1,"id":"20261121-203000-00000000",'
        b'"kind":"silence","nonce":"00000000000000000000000000000000","reason":"the warehouse moves",'
        b'"until":"2026-11-21T20:30:00Z","workflows":"orders"}'
    )
    assert silenced(store).to_bytes() == golden


def test_it_ends_by_itself_and_those_that_are_over_are_not_read(store: FolderStore, tmp_path: Path) -> None:
    silence = silenced(store)
    assert held_silences(store, NOW + timedelta(hours=2)) == ()
    (tmp_path / "store" / silence_key(silence.id)).write_bytes(b"damaged")
    assert held_silences(store, NOW + timedelta(hours=3)) == ()


def test_it_can_be_ended_before_once(store: FolderStore, tmp_path: Path) -> None:
    silence = silenced(store)
    assert end_silence(store, silence.id, "bob", NOW, NONCES[1]) == silence
    assert held_silences(store, NOW) == ()
    note = parse_ended((tmp_path / "store" / silence_end_key(silence.id)).read_bytes(), silence.id)
    assert (note.actor, note.at) == ("bob", "2026-11-21T18:30:00Z")
    with pytest.raises(UsageError, match="no silence"):
        end_silence(store, silence.id, "bob", NOW, NONCES[1])


def test_an_unknown_silence_is_an_error_with_a_suggestion(store: FolderStore) -> None:
    silence = silenced(store)
    with pytest.raises(UsageError, match=f"did you mean '{silence.id}'"):
        end_silence(store, silence.id[:-1] + "9", "bob", NOW, NONCES[1])


@dataclass
class LosesAnswers(Wrapped):
    """Writes, and does not say so."""

    def create(self, key: str, data: bytes) -> bool:
        self.inner.create(key, data)
        raise OutcomeUnknownError("the answer was lost")


def test_a_lost_answer_is_found_out(store: FolderStore) -> None:
    wanted = Wanted("orders", "*", "why", "ada")
    silence = make_silence(LosesAnswers(store), wanted, (NOW, timedelta(hours=1)), NONCES[0])
    assert held_silences(store, NOW) == (silence,)
    with pytest.raises(RefusedError, match="Somebody else"):
        make_silence(store, Wanted("others", "*", "why", "ada"), (NOW, timedelta(hours=1)), NONCES[0])


@pytest.mark.parametrize(("text", "minutes"), [("90m", 90), ("2h", 120), ("1d12h", 2160), ("30d", 43200)])
def test_a_time_is_days_hours_and_minutes(text: str, minutes: int) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "0m", "31d", "-1h", "1h2d", "1w", "2H", "٣h"])
def test_any_other_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_duration(text)


@pytest.mark.parametrize("said", [("", "*", "why"), ("a", "", "why"), ("a", "*", " "), ("a" * 20_000, "*", "why")])
def test_a_silence_without_a_workflow_or_a_reason_is_refused(store: FolderStore, said: tuple[str, str, str]) -> None:
    with pytest.raises(UsageError):
        make_silence(store, Wanted(*said, "ada"), (NOW, timedelta(hours=1)), NONCES[0])
    assert not list(store.list(""))


@pytest.mark.parametrize("data", [b"", b"{}", b'{"kind":"tombstone","format":1}', b'{"kind":"silence","format":1}'])
def test_a_damaged_silence_is_told(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        parse_silence(data, "20261121-203000-00000000")


def test_a_silence_under_the_name_of_another_or_without_a_time_is_told(store: FolderStore) -> None:
    silence = silenced(store)
    with pytest.raises(IntegrityError, match="is about"):
        parse_silence(silence.to_bytes(), "20261121-203000-11111111")
    with pytest.raises(IntegrityError, match="valid time"):
        parse_silence(silence.to_bytes().replace(b"20:30:00Z", b"never"), silence.id)


def test_patterns_are_those_of_a_shell(store: FolderStore) -> None:
    silence = silenced(store, "sales_*", "prod*")
    assert covers(silence, event(subject="sales_daily"))
    assert not covers(silence, event(subject="sales"))
    assert not covers(silence, event(subject="sales_daily", environment="dev"))
    everything = msgspec.structs.replace(silence, workflows="*")
    assert covers(everything, event(Kind.NOT_SERVED, subject=""))


def test_a_silenced_failure_is_not_told_and_neither_is_its_recovery(bench: Bench, store: FolderStore) -> None:
    bench.clock.now = NOW.timestamp()
    bench.engine.silences = (silenced(store),)
    bench.feed(event(at=1), event(at=2))
    bench.feed(event(Kind.RUN_RECOVERED, at=3))
    bench.feed(event(at=4, subject="others"))
    assert bench.said() == ["broken airside/production/others"]


def test_what_was_told_is_ended_also_in_a_silence(bench: Bench, store: FolderStore) -> None:
    bench.clock.now = NOW.timestamp()
    bench.feed(event(at=1))
    bench.engine.silences = (silenced(store),)
    bench.feed(event(Kind.RUN_RECOVERED, at=2))
    assert [said.split()[0] for said in bench.said()] == ["broken", "recovered"]


def test_what_still_fails_when_a_silence_is_over_is_told_then_with_all_that_was_not(
    bench: Bench, store: FolderStore
) -> None:
    bench.clock.now = NOW.timestamp()
    bench.engine.silences = (silenced(store),)
    bench.feed(event(at=1), event(at=2))
    bench.clock.now += 2 * 3600
    bench.feed(event(at=3))
    (notice,) = bench.receiver.notices()
    assert (notice.since, notice.failures) == (1, 3)


def test_what_is_still_broken_at_the_end_of_a_silence_is_told_then_and_once(bench: Bench, store: FolderStore) -> None:
    """A daily workflow would fail again only tomorrow."""
    bench.clock.now = NOW.timestamp()
    bench.engine.silences = (silenced(store, "*"),)
    bench.feed(event(at=1), event(at=2), event(at=1, subject="well"))
    bench.feed(event(Kind.RUN_RECOVERED, at=3, subject="well"))
    assert bench.said() == []
    bench.clock.now += 2 * 3600
    bench.feed()
    bench.feed()
    assert bench.said() == ["broken airside/production/orders"]
    (notice,) = bench.receiver.notices()
    assert (notice.since, notice.failures) == (1, 2)


def test_a_silence_that_is_ended_early_is_over_at_once(bench: Bench, store: FolderStore) -> None:
    bench.clock.now = NOW.timestamp()
    bench.engine.silences = (silenced(store),)
    bench.feed(event(at=1))
    bench.engine.silences = ()
    bench.feed()
    assert bench.said() == ["broken airside/production/orders"]


def test_a_watcher_that_has_not_read_the_silences_yet_breaks_none(bench: Bench, store: FolderStore) -> None:
    bench.clock.now = NOW.timestamp()
    bench.engine.silences = (silenced(store),)
    bench.feed(event(at=1))
    bench.engine.silences = None
    bench.feed()
    assert bench.said() == []


def test_errors_of_a_store_are_those_of_airside(store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no folder")
    with pytest.raises(AirsideError):
        silenced(store)


def test_what_a_channel_will_never_take_is_not_said_again_and_again(bench: Bench) -> None:
    def never(_channel: Channel, _message: Message) -> None:
        raise DeliveryError("no such field", is_final=True)

    bench.receiver.refuses = never
    bench.engine.silences = ()
    bench.feed(event(at=1))
    bench.wait(120)
    assert [line.name for line in bench.lines].count("dropped") == 1
