"""Where tasks' logs go, as options of Airflow."""

from collections.abc import Iterable

from airside.workspace.settings import Settings


def logs_options(_settings: Settings, _environments: Iterable[str]) -> dict[str, str]:
    """Return what `[logging]` of Airflow says of remote logs."""
    return {}
