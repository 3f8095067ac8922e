from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from airside.base.digest import Digest
from airside.base.errors import RefusedError
from airside.delivery.collection.retention import Retention, Served, retained
from airside.delivery.lineage import earlier
from airside.release.pointer import Action, Move, Pointer, SealedPointer, advance

NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


def release(number: int) -> str:
    return f"20261121-043000-{number:08x}"


def history(moves: list[tuple[int, int, int]]) -> list[Served]:
    """Return a history: of each move the release, hours since the one before, and how far a rollback goes back."""
    entries: list[Served] = []
    written = NOW - timedelta(hours=sum(hours for _, hours, _ in moves))
    for number, hours, back in moves:
        written += timedelta(hours=hours)
        origin = entries[-back].pointer if 0 < back <= len(entries) else None
        action: Action = "rollback" if origin else "deploy"
        move = Move(
            environment="production",
            workspace="sales-flows",
            action=action,
            release=origin.release if origin else release(number),
            tree=origin.tree if origin else Digest.of(str(number).encode()),
            actor="ana",
            restores=origin.generation if origin else None,
        )
        # The clock of the writer is wild, and has no say.
        at = NOW + timedelta(days=(number % 7 - 3) * 1000)
        pointer = advance(
            SealedPointer.of(entries[-1].pointer) if entries else None, move, now=at, op_id=f"{len(entries):032x}"
        )
        entries.append(Served(pointer, written))
    return entries


histories = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 2000), st.integers(0, 3)), min_size=1, max_size=20
).map(history)
retentions = st.builds(Retention, days=st.integers(0, 200), generations=st.integers(0, 20))


def kept(entries: list[Served], retention: Retention) -> set[str]:
    return {one.release for one in retained(entries, retention, now=NOW)}


def target(pointer: Pointer, entries: list[Served]) -> str | None:
    try:
        return earlier(pointer, lambda generation: entries[generation - 1].pointer).release
    except RefusedError:
        return None


@given(histories, retentions)
def test_what_is_served_and_what_a_rollback_would_serve_always_stay(
    entries: list[Served], retention: Retention
) -> None:
    releases = kept(entries, retention)
    assert entries[-1].pointer.release in releases
    back = target(entries[-1].pointer, entries)
    assert back is None or back in releases


@given(histories, retentions)
def test_whatever_was_served_within_the_days_stays(entries: list[Served], retention: Retention) -> None:
    releases = kept(entries, retention)
    horizon = NOW - timedelta(days=retention.days)
    ends = [entry.written for entry in entries[1:]] + [NOW]
    for entry, ended in zip(entries, ends, strict=True):
        if ended > horizon:
            assert entry.pointer.release in releases


@given(histories, retentions)
def test_the_last_generations_stay(entries: list[Served], retention: Retention) -> None:
    releases = kept(entries, retention)
    for entry in entries[max(0, len(entries) - retention.generations) :]:
        assert entry.pointer.release in releases


@given(histories, retentions, st.integers(0, 200), st.integers(0, 20))
def test_a_longer_retention_never_keeps_less(
    entries: list[Served], retention: Retention, days: int, generations: int
) -> None:
    longer = Retention(retention.days + days, retention.generations + generations)
    assert kept(entries, retention) <= kept(entries, longer)


@given(histories)
def test_with_no_retention_only_two_releases_stay(entries: list[Served]) -> None:
    assert len(kept(entries, Retention(days=0, generations=0))) <= 2
