"""What Airflow loads: the DAG bundles. Configure them in `[dag_processor] dag_bundle_config_list`.

```json
[{"name": "production", "classpath": "airside.airflow.ReleaseBundle",
  "kwargs": {"store": "s3://bucket/airside", "environment": "production"}}]
```
"""

from airside.airflow.release_bundle import ReleaseBundle
from airside.airflow.workspace_bundle import WorkspaceBundle

__all__ = ["ReleaseBundle", "WorkspaceBundle"]
