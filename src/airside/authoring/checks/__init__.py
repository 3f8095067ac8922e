"""Checks: what has to be so before the work of a workflow begins.

```python
from airside import checks, workflow

@workflow(checks=[checks.connection("warehouse"), checks.free_space("/data", at_least="10GiB")])
def daily_orders(): ...
```

Each function returns an operator, which is at home in any DAG.
"""

from airside.authoring.checks.configs import config_valid
from airside.authoring.checks.connections import connection
from airside.authoring.checks.disks import free_space
from airside.authoring.checks.endpoints import http
from airside.authoring.checks.files import file, object_fresh
from airside.authoring.checks.queries import sql

__all__ = ["config_valid", "connection", "file", "free_space", "http", "object_fresh", "sql"]
