"""At most three messages a minute on a channel, and nothing that came is left out."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from airside.alerts.conversation import Heard, compose, without_pairs
from airside.alerts.event import Event, Kind
from airside.alerts.incident import Notice, State
from airside.alerts.storm import LIMIT, WINDOW, Digest, turn


def notice(index: int, key: str = "", state: State = State.BROKEN) -> Notice:
    return Notice(key or f"k{index}", state, Event(Kind.TASK_FAILED, "production", float(index)), float(index))


@given(st.lists(st.tuples(st.integers(0, 6), st.floats(0, 100)), max_size=40))
def test_whatever_comes_is_told_in_its_order_and_never_too_fast(arrivals: list[tuple[int, float]]) -> None:
    now, waiting, sent, told, count = 0.0, tuple[Notice, ...](), list[float](), list[Notice](), 0
    for number, pause in [*arrivals, (0, WINDOW + 1), (0, WINDOW + 1)]:
        now += pause
        new = [notice(count + index) for index in range(number)]
        count += number
        done = turn(waiting, new, sent, now)
        waiting = done.waiting
        for group in done.groups:
            told += group
            sent.append(now)
            assert sum(1 for at in sent if now - WINDOW <= at) <= LIMIT
    assert waiting == ()
    assert [each.since for each in told] == list(range(count))


def test_a_single_failure_never_waits_while_there_is_room() -> None:
    for sent in ([], [1.0], [1.0, 2.0]):
        assert turn((), [notice(1)], sent, 10.0).groups == ((notice(1),),)
    assert turn((), [notice(1)], [1.0, 2.0, 3.0], 10.0).groups == ()


_steps = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), max_size=40)


@given(_steps)
def test_the_incident_of_digests_is_open_as_long_as_something_that_only_digests_told_of(
    steps: list[tuple[str, int]],
) -> None:
    """Feed each key broken and recovered by turns, in groups, as a pager hears them."""
    open_, told, paged, pending = set[str](), Heard(), set[str](), list[Notice]()
    for index, (key, size) in enumerate(steps):
        state = State.RECOVERED if key in open_ else State.BROKEN
        open_ ^= {key}
        pending.append(notice(index, key, state))
        if len(pending) >= size:
            message, told = compose(pending, told, "production")
            _page(paged, message)
            pending = []
            assert {each for each in paged if not each.startswith("airside/")} == told.alone
            assert any(each.startswith("airside/") for each in paged) == bool(told.together)
            assert told.alone | told.together == open_


def _page(paged: set[str], message: Notice | Digest) -> None:
    """Do what a pager does: trigger, or resolve, under the key of a message."""
    if message.state is State.BROKEN:
        paged.add(message.key)
    elif message.state is State.RECOVERED:
        paged.discard(message.key)
    if isinstance(message, Digest):
        paged -= set(message.resolves)


@given(_steps, st.integers(0, 10))
def test_what_is_left_out_of_too_many_notices_is_outdated(steps: list[tuple[str, int]], limit: int) -> None:
    open_, notices = set[str](), []
    for index, (key, _) in enumerate(steps):
        notices.append(notice(index, key, State.RECOVERED if key in open_ else State.BROKEN))
        open_ ^= {key}
    kept, left = without_pairs(notices, limit)
    assert len(kept) + left == len(notices)
    for key in "abc":
        states = [each.state for each in kept if each.key == key]
        assert all(earlier != later for earlier, later in pairwise(states))
        assert bool(states and states[-1] is State.BROKEN) == (key in open_)
    assert len(kept) <= max(limit + 1, len(open_))
