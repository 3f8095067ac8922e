"""Which of Airflow's processes this is: code of workflows has a supervisor, which it asks for what it needs."""

import sys
from typing import Any

_TRIGGERS = "airflow.jobs.triggerer_job_runner"


def supervisor() -> Any:  # noqa: ANN401 - Airflow has several classes of them
    """Return the link to the process that looks after this one; None where Airflow runs no code of workflows."""
    runner: Any = sys.modules.get("airflow.sdk.execution_time.task_runner")
    return getattr(runner, "SUPERVISOR_COMMS", None)


def runs_triggers() -> bool:
    """Tell whether this process runs triggers: those of all workflows, in one event loop."""
    return type(supervisor()).__module__ == _TRIGGERS
