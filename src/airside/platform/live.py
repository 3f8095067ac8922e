"""Asking a running Airflow what a plan has to know of it: `/api/v2` of Airflow 3.3, a bounded number of requests."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from airside.base.errors import PlatformError
from airside.inspection.facts import AutomatedRun
from airside.planning.live import KnownWorkflow, LiveRun, LiveState, LiveTask
from airside.planning.scope import Scope
from airside.platform.http import ApiError, Session, segment

_PAGE: Final = 100
_MAX_PAGES: Final = 50
_SINGLY: Final = 100
"""Workflows that are asked about one by one; of others some things are not told."""

_FORBIDDEN, _NOT_FOUND = 403, 404
_AUTOMATED: Final = "run_type=scheduled&run_type=backfill"
_IN_FLIGHT: Final = ["queued", "running"]
_BUSY: Final = ["queued", "running", "deferred", "restarting"]


@dataclass(frozen=True, slots=True)
class LiveReader:
    """Asks one Airflow of one environment.

    Attributes:
        session: A user of that Airflow.
        bundle: The bundle of the environment.
        paused_at_creation: Airflow's setting for new workflows, where it is known; None asks for it.
    """

    session: Session
    bundle: str
    paused_at_creation: bool | None = None

    def read(self, scope: Scope) -> LiveState:
        """Return what Airflow says of the workflows of a move.

        Raises:
            PlatformError: It does not answer, or not as Airflow 3.3 does, or there is more than is ever asked for.
        """
        try:
            return self._read(scope)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise PlatformError(f"Airflow does not answer as the API of 3.3 does ({type(error).__name__})") from error

    def _read(self, scope: Scope) -> LiveState:
        known = self._workflows(scope.touched)
        runs = tuple(self._runs(scope.named))
        touched = {run.run for run in runs if run.workflow in set(scope.touched)}
        fresh = {name for name, workflow in known.items() if workflow.stale}
        asked = [name for name in known if name in {*scope.added, *scope.rescheduled, *fresh}]
        gone = [name for name in scope.removed if name in known]
        return LiveState(
            workflows=known,
            runs=runs,
            tasks=tuple(self._tasks(scope.touched, touched)),
            last={name: self._last(name, known[name]) for name in asked[:_SINGLY]},
            history={name: self._history(name) for name in gone[:_SINGLY]},
            paused_at_creation=self._paused_at_creation(),
        )

    def _workflows(self, names: Collection[str]) -> Mapping[str, KnownWorkflow]:
        if len(names) <= _SINGLY:
            found: Iterable[dict[str, Any]] = filter(None, map(self._workflow, names))
        else:
            wanted = set(names)
            path = f"/api/v2/dags?exclude_stale=false&bundle_name={segment(self.bundle)}&order_by=dag_id"
            found = (each for each in self._listed(path, "dags") if each["dag_id"] in wanted)
        return {each["dag_id"]: _known(each) for each in found}

    def _workflow(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.session.call("GET", f"/api/v2/dags/{segment(name)}")
        except ApiError as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        return found

    def _runs(self, names: Collection[str]) -> Iterator[LiveRun]:
        if not names:
            return
        body = {"dag_ids": list(names), "states": _IN_FLIGHT, "order_by": "id"}
        for run in self._posted("/api/v2/dags/~/dagRuns/list", body, "dag_runs"):
            yield LiveRun(
                workflow=run["dag_id"],
                run=run["dag_run_id"],
                state=run["state"],
                tree=run["bundle_version"],
                started_at=run["start_date"],
                backfill=run["run_type"] == "backfill",
            )

    def _tasks(self, names: Collection[str], runs: Collection[str]) -> Iterator[LiveTask]:
        if not names or not runs:
            return
        # A run id says nothing without its workflow: both together may name more than was meant, never less.
        body = {"dag_ids": list(names), "dag_run_ids": sorted(runs), "state": _BUSY, "order_by": "id"}
        tasks = self._posted("/api/v2/dags/~/dagRuns/~/taskInstances/list", body, "task_instances")
        # A mapped task is there once for each of its parts.
        seen = dict.fromkeys((task["dag_id"], task["dag_run_id"], task["task_id"]) for task in tasks)
        yield from (LiveTask(workflow=workflow, run=run, task=task) for workflow, run, task in seen)

    def _last(self, name: str, workflow: KnownWorkflow) -> AutomatedRun | None:
        # airflow/dag_processing/collection.py 3.3.2, `_get_latest_runs_stmt` and `_get_latest_runs_stmt_partitioned`.
        order = "-partition_date&order_by=-run_after" if workflow.partitioned else "-logical_date"
        path = f"/api/v2/dags/{segment(name)}/dagRuns?{_AUTOMATED}&order_by={order}&limit=1"
        found = self.session.call("GET", path)["dag_runs"]
        return _automated(found[0]) if found else None

    def _history(self, name: str) -> int:
        return int(self.session.call("GET", f"/api/v2/dags/{segment(name)}/dagRuns?limit=1")["total_entries"])

    def _paused_at_creation(self) -> bool | None:
        if self.paused_at_creation is not None:
            return self.paused_at_creation
        try:
            found = self.session.call("GET", "/api/v2/config/section/core/option/dags_are_paused_at_creation")
        except ApiError as error:
            if error.status in {_FORBIDDEN, _NOT_FOUND}:  # most keep their settings to themselves
                return None
            raise
        return str(found["sections"][0]["options"][0]["value"]).strip().lower() in {"true", "t", "1"}

    def _listed(self, path: str, field: str) -> Iterator[dict[str, Any]]:
        for offset in range(0, _MAX_PAGES * _PAGE, _PAGE):
            page = self.session.call("GET", f"{path}&limit={_PAGE}&offset={offset}")
            yield from page[field]
            if offset + _PAGE >= page["total_entries"]:
                return
        raise _too_many(field)

    def _posted(self, path: str, body: Mapping[str, object], field: str) -> Iterator[dict[str, Any]]:
        for offset in range(0, _MAX_PAGES * _PAGE, _PAGE):
            page = self.session.call("POST", path, {**body, "page_limit": _PAGE, "page_offset": offset})
            yield from page[field]
            if offset + _PAGE >= page["total_entries"]:
                return
        raise _too_many(field)


def _known(found: Mapping[str, Any]) -> KnownWorkflow:
    return KnownWorkflow(
        paused=found["is_paused"], stale=found["is_stale"], partitioned=bool(found.get("timetable_partitioned"))
    )


def _automated(found: Mapping[str, Any]) -> AutomatedRun:
    times = {name: _time(found.get(name)) for name in ("data_interval_start", "data_interval_end", "partition_date")}
    return AutomatedRun(
        run_after=datetime.fromisoformat(found["run_after"]),
        interval_start=times["data_interval_start"],
        interval_end=times["data_interval_end"],
        partition_date=times["partition_date"],
        partition_key=found.get("partition_key"),
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _too_many(field: str) -> PlatformError:
    what = field.replace("_", " ")
    return PlatformError(f"Airflow has more than {_MAX_PAGES * _PAGE:,} {what} that the move touches")
