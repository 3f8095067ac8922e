"""Airflow's Execution API on a port of loopback, with one run of the workflow `orders`, as a program.

It prints the port and, as JSON, the workload that an executor is given for the first task. A process of its own, since
it forks, which a process that has used a bucket must not.
"""

import json
import socket
import sys
import warnings
from typing import Any

import pytest
import uvicorn

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from airflow.api_fastapi.execution_api.app import InProcessExecutionAPI
    from airflow.executors.workloads import ExecuteTask
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.state import TaskInstanceState
    from small_airflow import SmallAirflow, make_database
    from sqlalchemy import select


def main(bundle: dict[str, Any]) -> None:
    warnings.simplefilter("ignore")  # Airflow's own
    make_database()
    airflow = SmallAirflow(pytest.MonkeyPatch())
    airflow.configure(bundle)
    airflow.parse()
    airflow.unpause()
    airflow.start("run")
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]} {_workload()}\n")
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn.Config(InProcessExecutionAPI().app, log_level="error"))
    server.run(sockets=[listening])


def _workload() -> str:
    with create_session() as session:
        task = session.scalars(select(TaskInstance).where(TaskInstance.task_id == "first")).one()
        task.state = TaskInstanceState.QUEUED
        session.flush()
        return str(ExecuteTask.make(task).model_dump_json())


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
