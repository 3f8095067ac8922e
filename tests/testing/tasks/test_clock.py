from datetime import UTC, datetime

import pytest

from airside.base.errors import UsageError
from airside.testing.tasks import clock as module
from airside.testing.tasks.clock import Clock, TimeModule


def test_a_clock_without_time_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "time_machine", None)

    with pytest.raises(UsageError, match="time-machine is not installed"):
        Clock(datetime(2026, 1, 2, tzinfo=UTC))


def test_without_time_machine_time_passes_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "time_machine", None)
    clock = Clock(None)
    time = TimeModule(clock)
    before = time.monotonic()

    time.sleep(3600)

    assert 3600 <= time.monotonic() - before < 3700
    assert clock.hidden == 3600
    clock.begin()
    assert clock.elapsed == 0
