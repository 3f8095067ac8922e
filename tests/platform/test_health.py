from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from airside.base.errors import PlatformError
from airside.platform import health
from airside.platform.api import AirflowClient, Health
from airside.platform.components import ComponentState, _ends
from airside.platform.health import PARTS, await_healthy
from airside.platform.logs import log_path

NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
SUPERVISOR_LOG = """\
2026-11-21 05:51:19,298 INFO spawned: 'api-server' with pid 16223
2026-11-21 05:51:22,297 INFO success: api-server entered RUNNING state, process has stayed up for > than 3 seconds
2026-11-21 05:51:58,460 WARN killing 'triggerer' (16226) with SIGKILL
2026-11-21 05:51:58,609 WARN stopped: triggerer (terminated by SIGKILL)
2026-11-21 05:51:58,824 INFO stopped: dag-processor (exit status 0)
2026-11-21 05:52:00,100 WARN exited: scheduler (terminated by SIGKILL; not expected)
2026-11-21 05:52:01,100 WARN exited: scheduler (exit status 1; not expected)
2026-11-21 05:52:02,100 INFO gave up: dag-processor entered FATAL state, too many start retries too quickly
"""


class Airflow:
    """Says in each answer what comes next in a list; the last for ever."""

    def __init__(self, *answers: Mapping[str, Health] | PlatformError) -> None:
        self.answers = list(answers)

    def health(self) -> Mapping[str, Health]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, PlatformError):
            raise answer
        return answer


def well(*, beat: datetime = NOW) -> dict[str, Health]:
    return {part: Health("healthy", None if part == "metadatabase" else beat.isoformat()) for part in PARTS}


def component(name: str = "scheduler", state: str = "running", restarts: int = 0) -> ComponentState:
    return ComponentState(name, state, 1, 1, restarts, "")


def waited(airflow: Airflow, *states: ComponentState, state: Path = Path("/nowhere")) -> list[str]:
    told: list[str] = []
    since = dict.fromkeys(("scheduler", "dag_processor", "triggerer"), NOW)
    sequence = iter(states)
    last = [component()]

    def current() -> list[ComponentState]:
        last[:] = [next(sequence, last[0])]
        return list(last)

    await_healthy(current, cast("AirflowClient", airflow), state, since, lambda step: told.append(step.text))
    return told


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_POLL_SECONDS", 0.001)


def test_each_part_is_reported_once() -> None:
    airflow = Airflow(PlatformError("not up yet"), {"metadatabase": Health("healthy")}, well())
    assert waited(airflow) == [f"{part.replace('_', ' ')} is healthy" for part in PARTS]


def test_a_heartbeat_of_an_earlier_airflow_does_not_count() -> None:
    stale = well(beat=NOW - timedelta(seconds=1))
    airflow = Airflow(stale, stale, well())
    assert len(waited(airflow)) == len(PARTS)
    assert len(airflow.answers) == 1


def test_a_component_that_keeps_ending_is_reported_with_its_exception(tmp_path: Path) -> None:
    path = log_path(tmp_path, "scheduler")
    path.parent.mkdir()
    path.write_text("Traceback\nValueError: no such executor\n")
    ends = [component(restarts=number) for number in range(4)]
    with pytest.raises(PlatformError, match="scheduler does not start: ValueError: no such executor") as error:
        waited(Airflow(PlatformError("not up")), *ends, state=tmp_path)
    assert error.value.hint is not None
    assert str(path) in error.value.hint


def test_a_component_that_was_given_up_is_reported() -> None:
    with pytest.raises(PlatformError, match="does not start: it printed nothing"):
        waited(Airflow(PlatformError("not up")), component(), component(state="failed"))


def test_a_start_without_end_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_LONGEST_SECONDS", 0.05)
    with pytest.raises(PlatformError, match="not healthy after 0 s: scheduler"):
        waited(Airflow(well() | {"scheduler": Health("unhealthy")}))


def test_ends_that_nobody_asked_for_are_counted(tmp_path: Path) -> None:
    log = tmp_path / "supervisord.log"
    assert not _ends(log)
    log.write_text(SUPERVISOR_LOG)
    assert _ends(log) == {
        "scheduler": [
            "exited: scheduler (terminated by SIGKILL; not expected)",
            "exited: scheduler (exit status 1; not expected)",
        ],
        "dag-processor": ["gave up: dag-processor entered FATAL state, too many start retries too quickly"],
    }
