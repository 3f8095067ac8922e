"""The part of Airflow's REST API that Airside uses (`/api/v2` of Airflow 3.3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from airside.platform.facts import PlatformFacts, parse_facts
from airside.platform.http import ApiError, NoApiError, ReadPassword, Session, segment

_PAGE = 100
_CONFLICT, _NOT_FOUND = 409, 404


@dataclass(frozen=True, slots=True)
class ServedWorkflow:
    """A workflow that Airflow has and that is not stale.

    Attributes:
        id: Its DAG id.
        file: Its file, relative to the bundle.
        version: The version of the bundle that it was last parsed from; None for a bundle without versions.
        file_token: Airflow's handle of the file.
    """

    id: str
    file: str
    version: str | None
    file_token: str


@dataclass(frozen=True, slots=True)
class RunState:
    """A run of a workflow.

    Attributes:
        state: `queued`, `running`, `success` or `failed`.
        bundle_version: The version of the bundle that it is pinned to.
    """

    state: str
    bundle_version: str | None


@dataclass(frozen=True, slots=True)
class Health:
    """What Airflow says of one of its components.

    Attributes:
        status: `healthy`, `unhealthy`, or None where it never ran.
        heartbeat: When it last showed that it lives, ISO 8601; the database has none.
    """

    status: str | None
    heartbeat: str | None = None


class AirflowClient:
    """Airflow's REST API. Every method raises `PlatformError` when it does not answer or answers with an error."""

    def __init__(
        self, url: str, username: str = "", password: str | ReadPassword = "", *, token: str | None = None
    ) -> None:
        self.session = Session(url, username, password, token=token)

    def health(self) -> Mapping[str, Health]:
        """Return the health of `metadatabase`, `scheduler`, `triggerer` and `dag_processor`."""
        found = self.session.call_anonymously("/api/v2/monitor/health")
        return {
            name: Health(value["status"], value.get(f"latest_{name}_heartbeat"))
            for name, value in found.items()
            if value
        }

    def platform(self) -> PlatformFacts | None:
        """Return what Airside's plugin says of this Airflow; None where there is no plugin."""
        try:
            return parse_facts(self.session.call("GET", "/airside/v1/platform"))
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise
        except NoApiError:  # Airflow has a page for every address that nothing else answers
            pass
        return None

    def workflows(self, bundle: str) -> list[ServedWorkflow]:
        """Return the workflows of `bundle` that are not stale."""
        return [
            ServedWorkflow(
                found["dag_id"], found["relative_fileloc"] or "", found["bundle_version"], found["file_token"]
            )
            for found in self._pages("/api/v2/dags?exclude_stale=true", "dags")
            if found["bundle_name"] == bundle
        ]

    def import_errors(self, bundle: str) -> dict[str, str]:
        """Return the files of `bundle` that do not import, each with its traceback."""
        return {
            found["filename"]: found["stack_trace"]
            for found in self._pages("/api/v2/importErrors?order_by=id", "import_errors")
            if found["bundle_name"] == bundle
        }

    def parse(self, file_token: str) -> None:
        """Have a file parsed at once; its bundle is refreshed first."""
        try:
            self.session.call("PUT", f"/api/v2/parseDagFile/{segment(file_token)}")
        except ApiError as error:
            if error.status != _CONFLICT:  # it is requested already
                raise

    def trigger(self, workflow: str, conf: Mapping[str, object]) -> str:
        """Start a run and return its id."""
        body = {"logical_date": None, "conf": dict(conf)}
        return str(self.session.call("POST", f"/api/v2/dags/{segment(workflow)}/dagRuns", body)["dag_run_id"])

    def run_state(self, workflow: str, run: str) -> RunState:
        """Return how a run is doing."""
        found = self.session.call("GET", _run(workflow, run))
        return RunState(found["state"], found["bundle_version"])

    def run_versions(self, since: str) -> set[str]:
        """Return the versions of bundles that runs are pinned to: of those that are not finished, and of later ones.

        Args:
            since: RFC 3339 in UTC. Runs that changed after it count though they are finished: they may be cleared.
        """
        queries = ("state=queued&state=running", f"updated_at_gte={segment(since)}")
        runs = (run for query in queries for run in self._pages(f"{_run('~')}?{query}&order_by=id", "dag_runs"))
        return {run["bundle_version"] for run in runs if run["bundle_version"]}

    def task_states(self, workflow: str, run: str) -> dict[str, str | None]:
        """Return the state of every task of a run, by task id."""
        found = self._pages(f"{_run(workflow, run)}/taskInstances?order_by=id", "task_instances")
        return {task["task_id"]: task["state"] for task in found}

    def result(self, workflow: str, run: str, task: str) -> Any:  # noqa: ANN401 - whatever the task returned
        """Return what a task of a run returned."""
        path = f"{_run(workflow, run)}/taskInstances/{segment(task)}/xcomEntries/return_value?deserialize=true"
        return self.session.call("GET", path)["value"]

    def put_pool(self, name: str, slots: int) -> None:
        """Make a pool, or change how many slots it has."""
        path = f"/api/v2/pools/{segment(name)}"
        try:
            found = self.session.call("GET", path)
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise
            self.session.call("POST", "/api/v2/pools", {"name": name, "slots": slots})
            return
        # Airflow 3.3.2 wants the whole of it, whatever the mask says.
        kept = {"include_deferred": found["include_deferred"], "description": found["description"]}
        self.session.call("PATCH", path, {"pool": name, "slots": slots, **kept})

    def _pages(self, path: str, field: str) -> Iterator[dict[str, Any]]:
        offset, total = 0, 1
        while offset < total:
            page = self.session.call("GET", f"{path}&limit={_PAGE}&offset={offset}")
            yield from page[field]
            offset, total = offset + _PAGE, page["total_entries"]


def _run(workflow: str, run: str = "") -> str:
    return f"/api/v2/dags/{segment(workflow)}/dagRuns/{segment(run)}".rstrip("/")
