"""One incident, one conversation: on every channel, over restarts, however the channels behave."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from alerted import ROUTE, Bench, event, unreachable, windows
from hypothesis import given, settings
from hypothesis import strategies as st

from airside.alerts.event import Kind
from airside.alerts.incident import Notice, State
from airside.alerts.outbox import DEADLINE
from airside.alerts.ports import ANSWER, Channel, DeliveryError
from airside.alerts.route import Route
from airside.alerts.storm import LIMIT, WINDOW, Digest, Message
from airside.base.errors import UsageError

ORDERS = "airside/production/orders"


def test_a_failure_is_told_once_and_its_recovery_once(bench: Bench) -> None:
    bench.feed(event(at=1), event(Kind.RUN_FAILED, at=2, run="run-1"))
    bench.feed(event(at=3), event(Kind.RUN_FAILED, at=4, run="run-3"))
    bench.feed(event(Kind.RUN_RECOVERED, at=5))
    bench.feed(event(Kind.RUN_RECOVERED, at=6))
    assert bench.said() == [f"broken {ORDERS}", f"recovered {ORDERS}"]
    recovered = bench.receiver.notices()[1]
    assert (recovered.since, recovered.failures) == (1, 2)


def test_the_failure_of_a_run_is_that_of_its_task(bench: Bench) -> None:
    bench.feed(event(at=1, run="r"), event(Kind.RUN_FAILED, at=2, run="r"))
    bench.feed(event(Kind.RUN_FAILED, at=3, run="s"))
    assert [incident.failures for channel in bench.engine.channels for incident in channel.incidents.values()] == [2]


def test_a_run_that_fails_without_a_task_is_told(bench: Bench) -> None:
    bench.feed(event(Kind.RUN_FAILED, at=1))
    assert bench.said() == [f"broken {ORDERS}"]


def test_five_hundred_failing_mapped_tasks_are_one_message(bench: Bench) -> None:
    bench.feed(*(event(at=1 + index / 1000, task=f"load[{index}]", run="r") for index in range(500)))
    bench.wait(600, step=30)
    assert len(bench.receiver.got) == 1


@pytest.mark.parametrize("by_task", [False, True])
def test_mapped_tasks_are_one_incident_also_where_each_task_has_its_own(tmp_path: Path, by_task: bool) -> None:
    bench = Bench(tmp_path / "state", routes=[Route(name="r", channels=("chat",), by_task=by_task)])
    bench.feed(*(event(at=index, task=f"load[{index}]", run="r") for index in range(500)))
    bench.feed(event(Kind.RUN_FAILED, at=600, run="r"))
    bench.wait(600, step=30)
    assert bench.said() == [f"broken {ORDERS}/load" if by_task else f"broken {ORDERS}"]


def test_a_recovery_ends_the_incidents_of_all_tasks(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "state", routes=[Route(name="r", channels=("chat",), by_task=True)])
    bench.feed(event(at=1, task="load"), event(at=2, task="save"))
    bench.feed(event(at=2, subject="orders_2", task="load"))
    bench.wait(70)
    bench.feed(event(Kind.RUN_RECOVERED, at=3))
    bench.wait(70)
    assert sorted(bench.said()[3:]) == [f"recovered {ORDERS}/load", f"recovered {ORDERS}/save"]


def test_a_storm_is_two_messages_and_a_digest(bench: Bench) -> None:
    bench.feed(*(event(at=index, subject=f"workflow_{index}") for index in range(500)))
    bench.wait(30)
    assert len(bench.receiver.got) == LIMIT - 1
    bench.wait(35)
    assert len(bench.receiver.got) == LIMIT
    digest = bench.receiver.messages[-1]
    assert isinstance(digest, Digest)
    assert (len(digest.notices), digest.state, digest.key) == (498, State.BROKEN, "airside/production/~digest")
    bench.wait(600, step=30)
    assert len(bench.receiver.got) == LIMIT


def test_the_incident_of_a_digest_ends_with_the_last_that_it_told_of(bench: Bench) -> None:
    bench.feed(*(event(at=index, subject=f"workflow_{index}") for index in range(5)))
    bench.wait(130)
    bench.feed(*(event(Kind.RUN_RECOVERED, at=10 + index, subject=f"workflow_{index}") for index in range(4)))
    bench.wait(130)
    bench.feed(event(Kind.RUN_RECOVERED, at=20, subject="workflow_4"))
    digests = [message for message in bench.receiver.messages if isinstance(message, Digest)]
    assert [digest.state for digest in digests] == [State.BROKEN, State.BROKEN, State.RECOVERED]
    assert len({digest.key for digest in digests}) == 1


def test_a_digest_names_what_had_a_message_of_its_own_and_is_well(bench: Bench) -> None:
    bench.feed(event(at=1, subject="a"))
    bench.wait(70)
    failing = [event(at=100 + index, subject=f"b{index}") for index in range(3)]
    bench.feed(*failing, event(Kind.RUN_RECOVERED, at=110, subject="a"))
    bench.wait(130)
    digest = bench.receiver.messages[-1]
    assert isinstance(digest, Digest)
    assert digest.resolves == ("airside/production/a",)


def test_a_dead_channel_delays_no_other_and_gets_all_when_it_is_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "state", routes=[Route(name="r", channels=("chat", "pager"))])

    def chat_is_down(channel: Channel, message: Message) -> None:
        if channel.connection == "chat":
            unreachable(channel, message)

    bench.receiver.refuses = chat_is_down
    bench.feed(event(at=1))
    bench.feed(event(Kind.RUN_RECOVERED, at=2))
    assert [notice.state for notice in bench.receiver.notices("pager")] == [State.BROKEN, State.RECOVERED]
    bench.wait(3600, step=5)
    bench.receiver.refuses = lambda _channel, _message: None
    bench.wait(600, step=5)
    assert [notice.state for notice in bench.receiver.notices("chat")] == [State.BROKEN, State.RECOVERED]
    assert [line.name for line in bench.lines if line.facts.get("channel") == "chat"] == [
        "channel-failing",
        "channel-works",
        "delivered",
        "delivered",
    ]


def test_attempts_become_rarer_and_none_is_made_before_the_other_side_asks_for_it(bench: Bench) -> None:
    tried: list[float] = []

    def busy(_channel: Channel, _message: Message) -> None:
        tried.append(bench.clock.now)
        raise DeliveryError("too many requests", retry_after=100.0 if len(tried) == 1 else None)

    bench.receiver.refuses = busy
    bench.feed(event(at=1))
    bench.wait(7200)
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses[0] == 100
    assert pauses[-3:] == [300, 300, 300]


def test_a_message_is_given_up_in_the_end_and_the_next_failure_told(bench: Bench) -> None:
    bench.receiver.refuses = unreachable
    bench.feed(event(at=1))
    bench.wait(DEADLINE + 3600, step=60)
    (channel,) = bench.engine.channels
    assert (channel.counters.dropped, channel.undelivered) == (1, 0)
    bench.receiver.refuses = lambda _channel, _message: None
    bench.feed(event(at=2))
    assert bench.said() == [f"broken {ORDERS}"]
    assert bench.receiver.notices()[0].failures == 2


def test_what_was_given_up_was_told_by_no_message(bench: Bench) -> None:
    bench.receiver.refuses = unreachable
    bench.feed(event(at=1, subject="a"))
    bench.wait(DEADLINE + 3600, step=60)
    bench.receiver.refuses = lambda _channel, _message: None
    bench.feed(*(event(at=9 + index, subject=subject) for index, subject in enumerate("bcda")))
    bench.wait(70)
    bench.feed(*(event(Kind.RUN_RECOVERED, at=20 + index, subject=subject) for index, subject in enumerate("bcda")))
    bench.wait(130)
    digests = [message for message in bench.receiver.messages if isinstance(message, Digest)]
    assert [digest.state for digest in digests] == [State.BROKEN, State.RECOVERED]
    assert not any("airside/production/a" in digest.resolves for digest in digests), "only a digest told of it"


def test_what_will_never_be_taken_is_not_tried_again(bench: Bench) -> None:
    def refuse(_channel: Channel, _message: Message) -> None:
        raise DeliveryError("invalid payload", is_final=True)

    bench.receiver.refuses = refuse
    bench.feed(event(at=1))
    (channel,) = bench.engine.channels
    assert (channel.counters.failed, channel.counters.dropped) == (1, 1)
    assert "dropped" in [line.name for line in bench.lines]


def test_a_channel_that_is_configured_wrongly_or_meets_a_defect_is_tried_again(bench: Bench) -> None:
    faults = [UsageError("the connection 'chat' has no host"), ZeroDivisionError()]

    def stumble(_channel: Channel, _message: Message) -> None:
        if faults:
            raise faults.pop(0)

    bench.receiver.refuses = stumble
    bench.feed(event(at=1))
    bench.wait(10)
    assert bench.said() == [f"broken {ORDERS}"]


def test_what_a_channel_wants_to_be_told_again_is_kept_until_the_recovery(bench: Bench) -> None:
    bench.receiver.answer = {"ts": "17.3", ANSWER: "200 ok"}
    bench.feed(event(at=1))
    bench.restarted()
    bench.feed(event(Kind.RUN_RECOVERED, at=2))
    bench.wait(1)
    bench.feed(event(at=3))
    assert bench.receiver.remembered == [{}, {"ts": "17.3"}, {}]


def test_a_recovery_reaches_whoever_was_told_also_when_the_routes_have_changed(bench: Bench) -> None:
    bench.feed(event(at=1))
    bench.routes = ()
    bench.restarted()
    bench.feed(event(Kind.RUN_RECOVERED, at=2))
    assert bench.said() == [f"broken {ORDERS}", f"recovered {ORDERS}"]


def test_news_are_told_once_each(bench: Bench) -> None:
    bench.routes = [Route(name="r", channels=("chat",), events=(Kind.DEPLOYED, Kind.SUMMARY))]
    bench.restarted()
    deployed = event(Kind.DEPLOYED, at=1, subject="", release="20261121-043000-01234567")
    bench.feed(deployed, event(Kind.SUMMARY, at=2))
    bench.feed(deployed)
    assert [notice.state for notice in bench.receiver.notices()] == [State.NEWS, State.NEWS]


def test_an_environment_with_a_slash_is_no_workflow_of_another(bench: Bench) -> None:
    bench.feed(event(Kind.NOT_SERVED, at=1, environment="preview/x", subject="", run=None))
    bench.feed(event(at=2, environment="preview", subject="x"))
    assert [notice.key for notice in bench.receiver.notices()] == ["airside/preview--x", "airside/preview/x"]


def test_one_channel_hears_once_of_what_two_routes_send_there(bench: Bench) -> None:
    bench.routes = [ROUTE, Route(name="second", channels=("chat", "chat"))]
    bench.restarted()
    bench.feed(event(at=1))
    assert len(bench.receiver.got) == 1


def test_a_clock_that_is_set_back_holds_nothing_up_for_long(bench: Bench) -> None:
    bench.feed(*(event(at=index, subject=f"w{index}") for index in range(3)))
    bench.clock.now -= 10 * 3600
    bench.wait(130)
    assert len(bench.receiver.notices()) == 3


def test_a_message_that_is_to_be_tried_again_does_not_wait_for_a_clock_that_was_set_back(bench: Bench) -> None:
    bench.receiver.refuses = unreachable
    bench.feed(event(at=1))
    bench.receiver.refuses = lambda _channel, _message: None
    bench.clock.now -= 10 * 3600
    bench.wait(70)
    assert bench.said() == [f"broken {ORDERS}"]


_kinds = st.sampled_from([Kind.TASK_FAILED, Kind.RUN_FAILED, Kind.RUN_RECOVERED, Kind.DEADLINE_MISSED, Kind.DEPLOYED])
_happenings = st.lists(
    st.tuples(
        _kinds,
        st.sampled_from(["a", "b", "c", "d", "e"]),
        st.sampled_from(["load", "save"]),
        st.sampled_from([0.0, 0.5, 5.0, 45.0, 200.0]),
        st.sampled_from(["works", "fails", "restart", "works"]),
    ),
    max_size=60,
)


@given(happenings=_happenings, by_task=st.booleans())
@settings(max_examples=60, deadline=None)
def test_whatever_happens_the_conversations_are_whole(
    happenings: list[tuple[Kind, str, str, float, str]], by_task: bool
) -> None:
    with TemporaryDirectory() as folder:
        bench = Bench(
            Path(folder) / "state",
            routes=[
                Route(name="r", channels=("chat",), by_task=by_task),
                Route(name="s", channels=("pager",), events=(Kind.TASK_FAILED,)),
                Route(name="news", channels=("chat",), events=(Kind.DEPLOYED,)),
            ],
        )
        attempts: list[tuple[float, Channel]] = []
        works = True

        def flaky(channel: Channel, message: Message) -> None:
            attempts.append((bench.clock.now, channel))
            if not works:
                unreachable(channel, message)

        bench.receiver.refuses = flaky
        for index, (kind, workflow, task, pause, mood) in enumerate(happenings):
            works = mood != "fails"
            if mood == "restart":
                bench.restarted()
            named = task if kind is Kind.TASK_FAILED else None
            bench.feed(event(kind, at=index, subject=workflow, task=named, run=f"r{index // 4}"))
            bench.wait(pause, step=5.0)
        works = True
        bench.wait(2000, step=10)
        _hold(bench, attempts)


def _hold(bench: Bench, attempts: list[tuple[float, Channel]]) -> None:
    open_: dict[str, set[str]] = defaultdict(set)
    for _, channel, message in bench.receiver.got:
        for notice in [message] if isinstance(message, Notice) else message.notices:
            told = open_[channel.connection]
            if notice.state is State.BROKEN:
                assert notice.key not in told, "two open messages without a recovery between"
                told.add(notice.key)
            elif notice.state is State.RECOVERED:
                assert notice.key in told, "a recovery of what nobody was told of"
                told.remove(notice.key)
    for state in bench.engine.channels:
        assert state.undelivered == 0, "nothing is lost, and nothing is left"
        assert set(state.incidents) == open_[state.channel.connection], "what is open was told, and nothing else"
        times = [at for at, tried in attempts if tried == state.channel]
        assert max(windows(times, WINDOW), default=0) <= LIMIT
