"""Which Airflow tracks an environment, as far as it is known here: the local one, or the one that the settings name."""

from typing import TYPE_CHECKING

from airside.base.errors import UsageError
from airside.base.names import bundle_name
from airside.cli import environ
from airside.cli.context import Context

if TYPE_CHECKING:
    from airside.platform.api import AirflowClient
    from airside.platform.live import LiveReader
    from airside.platform.local import RunningPlatform


def tracking_platform(context: Context, environment: str) -> "RunningPlatform | None":
    """Return the local Airflow if it runs and tracks `environment`, else None."""
    from airside.platform.local import find

    platform = find(context.workspace)
    return platform if platform and environment in platform.tracked else None


def address_elsewhere(context: Context, environment: str) -> str | None:
    """Return where `airside.toml` says that the Airflow of `environment` is; None where it says nothing."""
    settings = context.workspace.settings.environments.get(environment)
    return settings.airflow.rstrip("/") if settings and settings.airflow else None


def tracking_client(context: Context, environment: str) -> "AirflowClient | None":
    """Return a client of the Airflow that tracks `environment`; None where none is known here.

    Raises:
        UsageError: `airside.toml` names one, and the variables that let in to it are missing.
    """
    if platform := tracking_platform(context, environment):
        return platform.client()
    address = address_elsewhere(context, environment)
    return airflow_elsewhere(repr(environment), address) if address else None


def live_reader(context: Context, environment: str) -> "LiveReader | None":
    """Return what asks the Airflow that tracks `environment`; None where none is known here.

    Raises:
        UsageError: `airside.toml` names one, and the variables that let in to it are missing.
    """
    from airside.platform.live import LiveReader

    bundle = bundle_name(environment)
    if platform := tracking_platform(context, environment):
        from airside.platform.airflow_config import paused_at_creation

        return LiveReader(platform.client().session, bundle, paused_at_creation(context.workspace))
    client = tracking_client(context, environment)
    return LiveReader(client.session, bundle) if client else None


def airflow_elsewhere(environments: str, address: str) -> "AirflowClient":
    """Return a client of the Airflow at `address`, for whom the variables name. Makes no request.

    A password file is read whenever the user signs in: it may be there later, and hold another password one day.

    Args:
        environments: What it serves, for messages.
        address: Where its API server listens.

    Raises:
        UsageError: The variables that let in to it are missing.
    """
    from airside.platform.api import AirflowClient

    variables = environ.variables()
    if token := environ.airflow_token(variables):
        return AirflowClient(address, token=token)
    username = environ.airflow_username(variables)
    if username and environ.airflow_password_file(variables):
        return AirflowClient(address, username, lambda: environ.airflow_user(variables)[1])
    _, password = environ.airflow_user(variables)
    if not (username and password):
        raise _asks(f"{environments}, {address}")
    return AirflowClient(address, username, password)


def _asks(airflow: str) -> UsageError:
    return UsageError(
        f"The Airflow of {airflow}, asks who you are",
        hint="Set AIRSIDE_AIRFLOW_USERNAME and AIRSIDE_AIRFLOW_PASSWORD (or AIRSIDE_AIRFLOW_PASSWORD_FILE), "
        "or AIRSIDE_AIRFLOW_TOKEN.",
    )
