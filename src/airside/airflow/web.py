"""What Airflow's web server answers below `/airside/v1`: to signed-in users alone, and from its own settings alone.

Nothing here reads a release or imports what is in one.
"""

import json
from importlib import metadata
from typing import Any, Final

from airflow.api_fastapi.core_api.security import get_user
from airflow.configuration import conf
from fastapi import Depends, FastAPI, Response

from airside.base.digest import Digest
from airside.base.errors import UsageError
from airside.running.packages import platform_lock

_BUNDLES: Final = frozenset({"airside.airflow.ReleaseBundle", "airside.airflow.release_bundle.ReleaseBundle"})

# Airflow asks nobody who calls what a plugin mounts. The pages that FastAPI adds by itself would take no notice of the
# dependency either, so there are none.
app = FastAPI(title="Airside", dependencies=[Depends(get_user)], docs_url=None, redoc_url=None, openapi_url=None)


@app.get("/platform")
def platform(response: Response) -> dict[str, Any]:
    """Return what this Airflow is: versions, the lock file of its packages, the environments that it serves."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return {
        "airside": metadata.version("airside"),
        "airflow": metadata.version("apache-airflow-core"),
        "lock": _lock(),
        "environments": _environments(),
    }


def _lock() -> Digest | None:
    try:
        return platform_lock()
    except UsageError:  # the bundle says so in its log
        return None


def _environments() -> list[dict[str, str]]:
    try:
        bundles = json.loads(conf.get("dag_processor", "dag_bundle_config_list") or "[]")
        return [
            {
                "name": str(bundle["kwargs"]["environment"]),
                "bundle": str(bundle["name"]),
                "mismatch": str(bundle["kwargs"].get("mismatch", "warn")),
            }
            for bundle in bundles
            if bundle["classpath"] in _BUNDLES
        ]
    except (ValueError, TypeError, KeyError, AttributeError):  # what is wrong with it is Airflow's to say
        return []
