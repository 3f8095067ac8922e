"""Where the logs of tasks are kept, as options of Airflow and of the secrets backend."""

from collections.abc import Sequence
from typing import Final

from airside.base.errors import WorkspaceError
from airside.base.names import bundle_name
from airside.workspace.settings import SETTINGS_FILE, Settings
from airside.workspace.targets.logs import ENVIRONMENT, LogsSettings, bucket_fault, filled, parts

_CONNECTION_TYPES: Final = {"s3": "aws", "gs": "google_cloud_platform", "az": "wasb"}


def logs_options(settings: Settings, environments: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the options of an Airflow that serves `environments`, by section; none where nothing is said of logs.

    Raises:
        WorkspaceError: Their logs would have to go to several places, or to one that cannot be.
    """
    logs = _logs_of(settings, environments)
    if logs is None or logs.url is None:
        return {}
    url = _address(logs.url, environments)
    scheme, bucket, prefix = parts(url)
    options = {
        "logging": {
            "remote_logging": "True",
            "remote_base_log_folder": f"wasb://{prefix}" if scheme == "az" else url,
            "remote_log_conn_id": logs.connection,
            "delete_local_logs": str(logs.delete_local),
        }
    }
    if scheme == "az":  # airflow/providers/microsoft/azure/log/wasb_task_handler.py 15.2
        options["azure_remote_logging"] = {"remote_wasb_log_container": bucket}
    return options


def log_connection(settings: Settings, environments: Sequence[str]) -> dict[str, object] | None:
    """Return the argument `logs` of the secrets backend: the connection without its keys; None where there is none.

    Raises:
        WorkspaceError: As `logs_options`.
    """
    logs = _logs_of(settings, environments)
    if logs is None or logs.url is None:
        return None
    scheme, _, _ = parts(logs.url)
    connection: dict[str, object] = {"id": logs.connection, "conn_type": _CONNECTION_TYPES[scheme]}
    if scheme == "az":
        return {**connection, "host": logs.endpoint}
    extra = {"endpoint_url": logs.endpoint, "region_name": logs.region}
    return {**connection, "extra": {name: value for name, value in extra.items() if value is not None}}


def _logs_of(settings: Settings, environments: Sequence[str]) -> LogsSettings | None:
    """Return `[logs]` as it is for all of `environments`; None where there are none, as in development."""
    if not environments:
        return None
    own = [settings.environment(name).logs for name in environments]
    if any(each != own[0] for each in own):
        raise _several(environments, "their logs do not go to one place")
    found = settings.overridden(environments[0], "logs")
    if not isinstance(found, LogsSettings):
        raise TypeError(found)
    return found


def _address(url: str, environments: Sequence[str]) -> str:
    if url == filled(url, ""):
        return url
    if len(environments) > 1:
        raise _several(environments, f"logs.url has {{{ENVIRONMENT}}}, the name of a single one")
    address = filled(url, bundle_name(environments[0]))
    if fault := bucket_fault(parts(address)[1]):
        raise WorkspaceError(
            f"{SETTINGS_FILE}: logs.url: {fault}",
            hint=f"Put {{{ENVIRONMENT}}} into the prefix of the URL, or name a bucket in environments.<name>.logs.",
        )
    return address


def _several(environments: Sequence[str], why: str) -> WorkspaceError:
    return WorkspaceError(
        f"{SETTINGS_FILE}: {' and '.join(environments)} cannot be served by one Airflow: {why}",
        hint="Serve each with an Airflow of its own, or let the logs of all go to one place: "
        f"a logs.url without {{{ENVIRONMENT}}}.",
    )
