"""What things are called in the cluster, and where they lie in a pod."""

from dataclasses import dataclass
from typing import Final

HOME: Final = "/opt/airflow"
BUNDLES: Final = f"{HOME}/bundles"
LOGS: Final = f"{HOME}/logs"
DAGS: Final = f"{HOME}/dags"
TRUST_FOLDER: Final = f"{HOME}/airside/trust"
TRUST: Final = f"{TRUST_FOLDER}/trust.toml"
KEY_FOLDER: Final = f"{HOME}/airside/age"
KEY_FILE: Final = f"{KEY_FOLDER}/keys.txt"

API_PORT: Final = 8080
"""Of the chart's service ``<release>-api-server``."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that follow from that of the installation; the accounts are given to the chart.

    Attributes:
        release: What Helm calls the installation.
        namespace: Where it is.
    """

    release: str
    namespace: str

    @property
    def scheduler(self) -> str:
        """The account that starts pods."""
        return f"{self.release}-scheduler"

    @property
    def dag_processor(self) -> str:
        """The account that reads workflows."""
        return f"{self.release}-dag-processor"

    @property
    def triggerer(self) -> str:
        """The account that runs triggers."""
        return f"{self.release}-triggerer"

    @property
    def api_server(self) -> str:
        """The account that reads the logs of pods; also the name of the deployment and of the service."""
        return f"{self.release}-api-server"

    @property
    def worker(self) -> str:
        """The account that tasks are."""
        return f"{self.release}-worker"

    @property
    def trust(self) -> str:
        """The ConfigMap with `trust.toml`."""
        return f"{self.release}-airside-trust"

    @property
    def cache(self) -> str:
        """The DaemonSet that makes the folder for releases on each node."""
        return f"{self.release}-airside-cache"

    @property
    def watcher(self) -> str:
        """The watcher of alerts, its settings and its disk."""
        return f"{self.release}-airside-alerts"

    @property
    def launcher(self) -> str:
        """The role that lets the scheduler run pods in a team's namespace."""
        return f"{self.release}-pod-launcher"

    @property
    def migration(self) -> str:
        """The job of the chart that migrates Airflow's database."""
        return f"{self.release}-run-airflow-migrations"

    def api_url(self, path: str) -> str:
        """Return where pods of any namespace find the API server; `path` is where its base URL begins."""
        return f"http://{self.api_server}.{self.namespace}:{API_PORT}{path}"
