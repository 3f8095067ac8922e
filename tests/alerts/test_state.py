"""What a watcher knows outlives it: kills, full disks, half files, a second watcher."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest
from alerted import Bench, event, unreachable
from killed_watcher import happened

from airside.alerts.event import Kind
from airside.alerts.incident import State
from airside.alerts.state import Memory, StateFile
from airside.base.errors import PlatformError, RefusedError

SUPPORT = Path(__file__).parents[1] / "support"


def test_what_was_not_delivered_is_delivered_by_the_next_watcher(bench: Bench) -> None:
    bench.receiver.refuses = unreachable
    bench.feed(*(event(at=index, subject=f"w{index}") for index in range(9)))
    bench.wait(90)
    bench.restarted()
    bench.receiver.refuses = lambda _channel, _message: None
    bench.wait(600, step=5)
    assert sorted(notice.key for notice in bench.receiver.notices()) == [f"airside/production/w{n}" for n in range(9)]


def test_events_that_come_twice_are_told_once_also_after_a_restart(bench: Bench) -> None:
    bench.feed(event(at=1))
    bench.feed(event(Kind.RUN_RECOVERED, at=2))
    bench.restarted()
    bench.feed(event(at=1), event(Kind.RUN_RECOVERED, at=2))
    assert [notice.state for notice in bench.receiver.notices()] == [State.BROKEN, State.RECOVERED]


def test_a_second_watcher_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "alerts")
    with file.alone():
        with pytest.raises(RefusedError, match=rf"process {os.getpid()},"), file.alone():
            pass
        assert (tmp_path / "alerts").stat().st_mode & 0o777 == 0o700
    with file.alone():
        pass


def test_the_state_is_private_small_and_what_a_killed_watcher_was_writing_is_removed(bench: Bench) -> None:
    bench.feed(*(event(at=index, task=f"load[{index}]", run="r") for index in range(500)))
    file = StateFile(bench.folder)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.stat().st_size < 64 * 1024
    half = bench.folder / ".state.json.0123456789abcdef.tmp"
    half.write_bytes(b'{"chan')
    with file.alone():
        assert not half.exists()


def test_what_only_waits_is_not_written_again_and_again(bench: Bench) -> None:
    bench.feed(*(event(at=index, subject=f"w{index}") for index in range(50)))
    written = StateFile(bench.folder).path.stat().st_ino
    bench.wait(30, step=0.2)
    assert StateFile(bench.folder).path.stat().st_ino == written


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"channels": 3}', b'{"channels":[{}]}'])
def test_a_damaged_state_is_told_and_not_overwritten(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "state.json").write_bytes(data)
    with pytest.raises(PlatformError, match="is damaged") as raised:
        StateFile(tmp_path).load()
    assert "Move it away" in (raised.value.hint or "")
    assert (tmp_path / "state.json").read_bytes() == data


def test_a_state_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_bytes(b'{"format": 2}')
    with pytest.raises(PlatformError, match="format 2"):
        StateFile(tmp_path).load()


def test_every_cut_of_a_state_is_damaged_or_whole(bench: Bench) -> None:
    bench.feed(event(at=1), event(Kind.DEADLINE_MISSED, at=2, subject="late"))
    file = StateFile(bench.folder)
    whole = file.path.read_bytes()
    for length in range(0, len(whole), 37):
        file.path.write_bytes(whole[:length])
        with pytest.raises(PlatformError):
            file.load()


@pytest.mark.parametrize("call", ["os.fsync", "os.open", "pathlib.Path.replace"])
def test_a_full_disk_keeps_nobody_from_being_told_and_nothing_is_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_args: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(call, full)
        bench.feed(event(at=1))
        was_saved = bench.engine.is_saved
        bench.feed(event(at=1), event(Kind.RUN_RECOVERED, at=2))
        assert [notice.state for notice in bench.receiver.notices()] == [State.BROKEN, State.RECOVERED]
    assert not was_saved, "so sources keep what they told"
    assert StateFile(bench.folder).load() == Memory()
    bench.feed()
    assert bench.engine.is_saved
    assert [line.name for line in bench.lines if line.name.startswith("state")] == ["state-not-saved", "state-saved"]
    assert not list(bench.folder.glob(".state.json.*.tmp"))
    bench.restarted()
    bench.feed(event(at=1), event(Kind.RUN_RECOVERED, at=2))
    assert len(bench.receiver.got) == 2


def test_more_events_than_are_remembered_are_still_known_while_the_disk_is_full(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [event(Kind.RUN_FAILED, at=index, subject="orders") for index in range(2500)]

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", full)
    bench.engine.feed(many)
    bench.engine.feed([*many, event(Kind.RUN_FAILED, at=9000)])
    bench.engine.feed([*many, event(Kind.RUN_FAILED, at=9000)])
    (channel,) = bench.engine.channels
    (incident,) = channel.incidents.values()
    assert incident.failures == 2501


def test_a_watcher_that_is_killed_at_any_moment_loses_nothing_and_repeats_at_most_one_message(tmp_path: Path) -> None:
    events, kills, chance = 180, 12, random.Random(7)  # noqa: S311 - not for secrets
    for _ in range(kills):
        process = _watch(tmp_path, events)
        time.sleep(0.15 + chance.random() * 0.4)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert _watch(tmp_path, events).wait(60) == 0
    told: dict[str, list[list[list[object]]]] = defaultdict(list)
    for line in (tmp_path / "told").read_text().splitlines():
        channel, notices = json.loads(line)
        told[channel].append(notices)
    assert set(told) == {"chat", "pager"}
    for messages in told.values():
        once = [message for index, message in enumerate(messages) if index == 0 or message != messages[index - 1]]
        assert len(messages) - len(once) <= kills, "more than one message was repeated at a kill"
        _is_whole([notice for message in once for notice in message], events)


def _is_whole(notices: list[list[object]], events: int) -> None:
    """Hold that every incident began and ended, once each and in this order."""
    expected = [index for index in range(events) if happened(index).kind is not Kind.RUN_FAILED]
    assert sorted(at for _, _, at in notices) == expected  # type: ignore[type-var] # numbers
    by_key: dict[object, list[object]] = defaultdict(list)
    for key, state, _ in notices:
        by_key[key].append(state)
    for states in by_key.values():
        assert states == ["broken", "recovered"] * (len(states) // 2)


def _watch(folder: Path, events: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, SUPPORT / "killed_watcher.py", folder, str(events)])
