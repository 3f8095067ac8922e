"""The options of an Airflow whose api-server is on another machine than its scheduler, and whose disks are lost."""

from typing import Final

from airside.render.accounts import OPTION, as_option
from airside.render.airflow_options import Options, Places, airflow_options, as_variables, with_own_options
from airside.render.refusing import own_variables
from airside.render.subject import Subject

APP: Final = "/opt/airflow/app"
"""The folder of an image that has the files of its app."""

PLACES: Final = Places(bundles="/opt/airflow/bundles", trust=f"{APP}/trust.toml")
SCHEDULER_HEALTH: Final = "http://127.0.0.1:8974/health"


def variables(subject: Subject, base_url: str, executor: str, port: int) -> dict[str, str]:
    """Return the variables that all apps have, without secrets.

    Args:
        subject: What is rendered.
        base_url: Where people, and tasks, reach the api-server.
        executor: Airflow's.
        port: Where an app has to listen.
    """
    own: Options = {
        "api": {"base_url": base_url, "host": "0.0.0.0", "port": str(port)},  # noqa: S104 - it is there to be reached
        "core": {
            # No app reaches another one but through its public address.
            "execution_api_server_url": f"{base_url}/execution/",
        },
        "scheduler": {
            "enable_health_check": "True",
            "scheduler_health_check_server_host": "127.0.0.1",
            "scheduler_health_check_server_port": "8974",
        },
    }
    options = airflow_options(subject, PLACES, executor)
    for section, values in own.items():
        options.setdefault(section, {}).update(values)
    merged = with_own_options(subject, options)
    # The user's own accounts, and the watcher's beside them.
    merged["core"][OPTION] = as_option(subject)
    return as_variables(merged) | own_variables(subject.settings)
