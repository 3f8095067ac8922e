"""What Airflow finds by itself where Airside is installed: the plugin, which adds `/airside/v1` to its web server.

Every process of Airflow loads plugins, each task too. So this module imports next to nothing, and what answers requests
is imported where Airflow asks for it: in the web server alone.
"""

from typing import Any

from airflow.plugins_manager import AirflowPlugin

PREFIX = "/airside/v1"


class AirsidePlugin(AirflowPlugin):
    """Airside in Airflow's web server."""

    name = "airside"

    @property
    def fastapi_apps(self) -> list[Any]:
        """What is mounted in the web server."""
        from airside.airflow.web import app  # noqa: PLC0415 - see the top of the module

        return [{"app": app, "url_prefix": PREFIX, "name": "airside"}]
