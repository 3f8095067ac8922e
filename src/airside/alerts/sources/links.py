"""The addresses in a message: pages of Airflow's UI, and the runbook."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Links:
    """Where the links lead.

    Attributes:
        base_url: Of Airflow's UI as those who read the messages reach it.
        runbook: A pattern with ``{workflow}``, ``{environment}`` and ``{team}``; None for no runbook.
    """

    base_url: str
    runbook: str | None = None

    def of_run(self, workflow: str, run: str) -> dict[str, str]:
        """Return the link of a run."""
        return {"run": f"{self._workflow(workflow)}/runs/{_segment(run)}"}

    def of_task(self, workflow: str, run: str, task: str, *, map_index: int = -1, attempt: int = 0) -> dict[str, str]:
        """Return the links of a run and of the log of one of its tasks (as `TaskInstance.log_url` of Airflow 3.3)."""
        found = self.of_run(workflow, run)
        mapped = f"/mapped/{map_index}" if map_index >= 0 else ""
        tried = f"?try_number={attempt}" if attempt > 0 else ""
        return found | {"log": f"{found['run']}/tasks/{_segment(task)}{mapped}{tried}"}

    def of_imports(self) -> dict[str, str]:
        """Return the link of the page that tells which files do not import."""
        return {"airflow": self.base_url.rstrip("/") + "/"}

    def of_runbook(self, workflow: str, environment: str, team: str | None) -> dict[str, str]:
        """Return the link of the runbook of a workflow, if there is a pattern."""
        if not self.runbook:
            return {}
        words = {"workflow": workflow, "environment": environment, "team": team or ""}
        address = self.runbook
        for word, value in words.items():
            address = address.replace(f"{{{word}}}", quote(value, safe=""))
        return {"runbook": address}

    def _workflow(self, workflow: str) -> str:
        return f"{self.base_url.rstrip('/')}/dags/{_segment(workflow)}"


def _segment(text: str) -> str:
    return quote(text, safe="")
