"""The secrets that an Airflow needs for itself: where its options are, and what they are called elsewhere.

Their values are in no rendered file. A machine has each in a file, which Airflow reads with its ``_CMD`` options
(``[database] sql_alchemy_conn_cmd`` and so on, `sensitive` in airflow/config_templates/config.yml 3.3.2).
"""

import shlex
from dataclasses import dataclass
from typing import Final

CELERY: Final = "CeleryExecutor"


@dataclass(frozen=True, slots=True)
class SecretName:
    """An option of Airflow that is a secret.

    Attributes:
        name: What it is called as a file, or as a key of a secret: ``fernet_key``.
        section: Of Airflow's configuration.
        option: Its name there.
        url: It is a URL: a secret when it holds a password.
        meaning: What it is, for people.
    """

    name: str
    section: str
    option: str
    url: bool
    meaning: str

    @property
    def variable(self) -> str:
        """The environment variable that gives Airflow the value itself."""
        return f"AIRFLOW__{self.section.upper()}__{self.option.upper()}"

    def command(self, folder: str) -> tuple[str, str]:
        """Return the environment variable that makes Airflow read the value from a file of `folder`, and its value."""
        return f"{self.variable}_CMD", f"cat {shlex.quote(f'{folder}/{self.name}')}"


DATABASE: Final = SecretName("database_url", "database", "sql_alchemy_conn", True, "the URL of Airflow's database")
FERNET: Final = SecretName("fernet_key", "core", "fernet_key", False, "encrypts connections in that database")
API: Final = SecretName("api_secret_key", "api", "secret_key", False, "signs sessions of the web interface")
JWT: Final = SecretName("jwt_secret", "api_auth", "jwt_secret", False, "signs the tokens of tasks and users")
BROKER: Final = SecretName("broker_url", "celery", "broker_url", True, "the URL of the broker of Celery")
RESULTS: Final = SecretName("result_backend", "celery", "result_backend", True, "where Celery keeps results")

SECRET_NAMES: Final = (DATABASE, FERNET, API, JWT, BROKER, RESULTS)


def needed_secrets(executor: str) -> tuple[SecretName, ...]:
    """Return those that an Airflow with this executor needs; of several, joined by commas."""
    celery = CELERY in executor.split(",")
    return tuple(secret for secret in SECRET_NAMES if celery or secret.section != "celery")
