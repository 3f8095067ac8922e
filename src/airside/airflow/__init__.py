"""What Airflow loads: the DAG bundles and the secrets backend.

Bundles are configured in `[dag_processor] dag_bundle_config_list`, the backend in `[secrets]`.

```json
[{"name": "production", "classpath": "airside.airflow.ReleaseBundle",
  "kwargs": {"store": "s3://bucket/airside", "environment": "production"}}]
```
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from airside.airflow.release_bundle import ReleaseBundle
    from airside.airflow.secrets.backend import SecretsBackend
    from airside.airflow.workspace_bundle import WorkspaceBundle

__all__ = ["ReleaseBundle", "SecretsBackend", "WorkspaceBundle"]

_PLACES: Final = {
    "ReleaseBundle": "release_bundle",
    "SecretsBackend": "secrets.backend",
    "WorkspaceBundle": "workspace_bundle",
}


def __getattr__(name: str) -> object:
    """Import what is asked for alone.

    Airflow makes its secrets backend while it imports its own configuration (airflow/configuration.py 3.3.2), when
    what the bundles import cannot be imported yet.
    """
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
