"""Masking what a process of Airflow copies from the logs of its tasks into its own.

The LocalExecutor writes each line of a task to the output of the scheduler, too (`subprocess_logs_to_stdout`,
airflow/executors/local_executor.py 3.3.2), through a logger that masks nothing: where the task's own log says `***`,
that output has the password.
"""

import sys
from typing import Final

_SUPERVISOR: Final = "airflow.sdk.execution_time.supervisor"
"""What only a process that looks after tasks has imported."""


def mask_copied_logs() -> None:
    """Have all that this process logs masked as the logs of tasks are; do nothing where it looks after no task."""
    if _SUPERVISOR not in sys.modules:
        return
    # They are loaded there, and cannot be where Airflow still imports its configuration.
    import structlog  # noqa: PLC0415
    from airflow.sdk.log import mask_logs  # noqa: PLC0415

    processors = structlog.get_config()["processors"]
    # The last of them makes text of the event. What Airflow has configured is a list.
    if isinstance(processors, list) and mask_logs not in processors:
        processors.insert(len(processors) - 1, mask_logs)  # in place: the loggers that there are have this list
