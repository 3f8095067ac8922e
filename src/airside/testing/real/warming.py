"""Making a process ready from which runs on a database are forked."""

import gc

from airflow.api_fastapi.auth.tokens import JWTValidator
from airflow.sdk.execution_time.supervisor import in_process_api_server
from svcs.fastapi import get_registry

from airside.testing.processes.sample import run_the_sample
from airside.testing.real.run import run
from airside.testing.real.shared import API


def warm_up() -> None:
    """Run a workflow, which fills the caches of Airflow, SQLAlchemy and FastAPI: three seconds for a tenth of one."""
    run_the_sample(run, "real")
    registry = get_registry(API)
    # The API is served by a thread, which no fork would have. It ends with its transport, and then the registry of
    # the API has forgotten that nobody has to show who he is.
    del in_process_api_server().transport
    gc.collect()
    registry.register_value(JWTValidator, None)
