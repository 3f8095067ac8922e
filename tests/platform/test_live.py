"""What is asked of Airflow's API for a plan, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from airside.base.errors import PlatformError
from airside.planning.live import KnownWorkflow, LiveRun, LiveTask
from airside.planning.scope import Scope
from airside.platform.http import ApiError, Session
from airside.platform.live import LiveReader

DAG = {"is_paused": False, "is_stale": False, "timetable_partitioned": False}
RUN = {"dag_id": "w1", "dag_run_id": "r1", "state": "running", "run_type": "manual", "start_date": None}
AUTOMATED = {"run_after": "2026-11-02T00:00:00Z", "data_interval_start": "2026-11-01T00:00:00Z"}


@dataclass
class Airflow(Session):
    """An Airflow that has `workflows` workflows and as many runs of `w1` in flight as it is told."""

    workflows: int = 0
    flying: int = 0
    setting: int | str = 403
    partitioned: bool = False
    asked: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401 - as JSON is
        self.asked.append(f"{method} {path}")
        parts = urlsplit(path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        match parts.path.split("/")[3:]:
            case ["config", *_]:
                return self._config()
            case ["dags"]:
                return self._page("dags", self._dags(), int(query["offset"]))
            case ["dags", "~", "dagRuns", "list"]:
                runs = [RUN | {"dag_run_id": f"r{n}", "bundle_version": "sha256-aa"} for n in range(self.flying)]
                return self._page("dag_runs", runs, body["page_offset"])
            case ["dags", "~", *_]:
                parts_of_one = [{"dag_id": "w1", "dag_run_id": "r0", "task_id": "load"}] * 2
                return self._page("task_instances", parts_of_one, body["page_offset"])
            case ["dags", _, "dagRuns"]:
                return {"dag_runs": [AUTOMATED], "total_entries": 12}
            case ["dags", name]:
                return self._dag(name)
        raise AssertionError(path)

    def _config(self) -> object:
        if isinstance(self.setting, int):
            raise ApiError("no", self.setting)
        return {"sections": [{"options": [{"value": self.setting}]}]}

    def _dags(self) -> list[dict[str, object]]:
        return [DAG | {"dag_id": f"w{n}"} for n in range(self.workflows)]

    def _dag(self, name: str) -> Mapping[str, object]:
        if int(name[1:]) >= self.workflows:
            raise ApiError("no such", 404)
        return DAG | {"dag_id": name, "timetable_partitioned": self.partitioned}

    @staticmethod
    def _page(field: str, found: list[Any], offset: int) -> object:
        return {field: found[offset : offset + 100], "total_entries": len(found)}


def named(*names: str, **what: tuple[str, ...]) -> Scope:
    nothing: dict[str, tuple[str, ...]] = {"added": (), "removed": (), "changed": (), "rescheduled": ()}
    return Scope(named=names, **(nothing | what))


def reader(airflow: Airflow) -> LiveReader:
    return LiveReader(airflow, "production")


def test_a_move_that_touches_nothing_asks_for_runs_only() -> None:
    airflow = Airflow(workflows=9)
    live = reader(airflow).read(named("w1", "w2"))
    assert (live.workflows, live.tasks, live.last) == ({}, (), {})
    assert len(airflow.asked) == 2


def test_a_new_workflow_has_nothing_to_ask_about() -> None:
    live = reader(Airflow(workflows=1)).read(named("w1", added=("w1",)))
    assert (live.workflows, live.last) == ({}, {})


def test_what_a_move_touches_is_asked_about() -> None:
    airflow = Airflow(workflows=9, flying=1)
    live = reader(airflow).read(named("w1", "w2", removed=("w2",), changed=("w1",), rescheduled=("w1",)))
    assert live.workflows == {"w1": KnownWorkflow(paused=False), "w2": KnownWorkflow(paused=False)}
    assert live.runs == (LiveRun(workflow="w1", run="r0", state="running", tree="sha256-aa"),)
    assert live.tasks == (LiveTask(workflow="w1", run="r0", task="load"),), "a mapped task is named once"
    last = live.last["w1"]
    assert last is not None
    assert last.interval_start is not None
    assert last.interval_end is None
    assert live.history == {"w2": 12}


def test_the_last_run_of_a_partition_is_found_by_its_date() -> None:
    airflow = Airflow(workflows=9, partitioned=True)
    reader(airflow).read(named("w1", changed=("w1",), rescheduled=("w1",)))
    assert any("order_by=-partition_date&order_by=-run_after" in path for path in airflow.asked)


@pytest.mark.parametrize("count", [101, 1000, 5000])
def test_the_requests_are_bounded_whatever_the_number_of_workflows(count: int) -> None:
    airflow = Airflow(workflows=count, flying=250)
    names = tuple(f"w{n}" for n in range(count))
    live = reader(airflow).read(named(*names, changed=names, rescheduled=names))
    assert len(live.workflows) == count
    assert len(live.runs) == 250
    assert len(live.last) == 100, "of the others it cannot be told how many runs start"
    assert len(airflow.asked) <= 50 + 50 + 50 + 100 + 1


def test_more_than_is_ever_asked_for_is_refused() -> None:
    with pytest.raises(PlatformError, match="more than 5,000 dag runs"):
        reader(Airflow(workflows=9, flying=5001)).read(named("w1"))


@pytest.mark.parametrize(("setting", "paused"), [("True", True), ("False", False), (403, None), (404, None)])
def test_whether_new_workflows_are_paused_is_airflows_to_say(setting: int | str, paused: bool | None) -> None:
    assert reader(Airflow(setting=setting)).read(named()).paused_at_creation is paused


def test_an_error_of_airflow_is_not_swallowed() -> None:
    with pytest.raises(ApiError):
        reader(Airflow(setting=500)).read(named())


@pytest.mark.parametrize("answer", [None, [], {}, {"dags": None}, "no", {"dag_id": "w1", "is_paused": 1}])
def test_an_answer_of_another_form_is_told(answer: object) -> None:
    class Odd(Airflow):
        def call(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401 - as JSON is
            return answer

    with pytest.raises(PlatformError, match=r"does not answer as the API of 3\.3"):
        LiveReader(Odd(), "airside").read(Scope(named=("w1",), added=("w1",), removed=(), changed=(), rescheduled=()))
