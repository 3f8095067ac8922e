"""What one process knows of its secrets: what it has read, and what it has had masked."""

import os
import sys
from typing import Any

from airside.airflow.secrets.masking import leaves_of_json, mask
from airside.airflow.secrets.options import Options
from airside.airflow.secrets.reader import Reader
from airside.airflow.secrets.vault import Vault
from airside.base.errors import UsageError
from airside.running.current import current_environment
from airside.secrets.values import Connection, Secrets


class Process:
    """One process of Airflow that looks up secrets.

    Args:
        options: Where the secrets are.
        variables: Its environment variables.
    """

    def __init__(self, options: Options, variables: dict[str, str]) -> None:
        self._options = options
        self._reader = Reader(options, variables)
        self._number = os.getpid()
        self._masked: dict[tuple[str, str], object] = {}
        self.vault = Vault(options.vault, self._reader.guarded)
        if options.environment is None:
            _require_no_cache()

    def is_this(self) -> bool:
        """Tell whether it is the process that asks, and not the one that forked it."""
        return self._number == os.getpid()

    def secrets(self) -> Secrets | None:
        """Return the secrets of the environment of this process; None where it works for none.

        Raises:
            AirsideError: They cannot be read.
        """
        environment = self._environment()
        return None if environment is None else self._reader.secrets(environment)

    def _environment(self) -> str | None:
        if self._options.environment is not None:
            return self._options.environment
        try:
            name = current_environment()
        except UsageError:
            # A server of an Airflow that serves several: what it looks up for itself belongs to none of them.
            return None
        return name if name in self._options.environments or not self._options.environments else None

    def mask_connection(self, found: Connection, made: Any) -> None:  # noqa: ANN401 - Airflow has two classes
        """Have every secret of a connection masked: what the document says, and what Airflow has made of it."""
        said = (made.login, made.password, made.extra)
        if self._is_news("connection", found.id, (found, said)):
            mask([*found.leaves(), made.password or "", *leaves_of_json(made.extra)], basic=said[:2])

    def mask_variable(self, key: str, value: str) -> None:
        """Have every text of a variable masked."""
        if self._is_news("variable", key, value):
            mask([value, *leaves_of_json(value)])

    def _is_news(self, kind: str, name: str, content: object) -> bool:
        """Tell whether this was not masked before; Airflow's processes for code ask another one to mask for them."""
        runner: Any = sys.modules.get("airflow.sdk.execution_time.task_runner")
        case = (content, id(getattr(runner, "SUPERVISOR_COMMS", None)))
        news = self._masked.get((kind, name)) != case
        self._masked[kind, name] = case
        return news


def _require_no_cache() -> None:
    """Refuse Airflow's cache of look-ups, which knows a name but not whose it is.

    Raises:
        UsageError: It is on, so that a DAG file of one environment would get what one of another has asked for.
    """
    from airflow.sdk.configuration import conf  # noqa: PLC0415 - an attribute that Airflow makes at first use

    if conf.getboolean("secrets", "use_cache", fallback=False):
        raise UsageError(
            "Airflow's cache of secrets would give those of one environment to another",
            hint="Set [secrets] use_cache = False in Airflow, or give the backend one `environment`.",
        )
