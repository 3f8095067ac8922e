"""Making a process ready from which runs on a database are forked."""

import gc

from airflow.sdk.execution_time.supervisor import in_process_api_server

from airside.testing.processes.sample import run_the_sample
from airside.testing.real.run import run


def warm_up() -> None:
    """Run a workflow, which fills the caches of Airflow, SQLAlchemy and FastAPI: three seconds for a tenth of one."""
    run_the_sample(run, "real")
    # The API is served by a thread, which no fork would have. It ends with its transport.
    del in_process_api_server().transport
    gc.collect()
