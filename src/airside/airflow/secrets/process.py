"""What one process knows of its secrets: what it has read, and what it has had masked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from airside.airflow.secrets.masking import leaves_of_json, mask
from airside.airflow.secrets.options import Options
from airside.airflow.secrets.reader import Reader
from airside.airflow.secrets.vault import Vault
from airside.airflow.supervised import runs_triggers, supervisor
from airside.base.errors import UsageError
from airside.running.current import current_environment, served_environments
from airside.secrets.values import Connection, Secrets

T = TypeVar("T")


class Process:
    """One process of Airflow that looks up secrets.

    Args:
        options: Where the secrets are.
        variables: Its environment variables.
    """

    def __init__(self, options: Options, variables: dict[str, str]) -> None:
        self._options = options
        self._reader = Reader(options, variables)
        self._masked: dict[tuple[str, str], object] = {}
        self.logs = options.logs
        self.vault = Vault(options.vault, self._reader.guarded)
        if options.environment is None:
            _require_no_cache()

    def answer(self, ask: Callable[[Secrets], T | None]) -> T | None:
        """Return what the secrets of the environment of this process answer; None where it works for none.

        Raises:
            UsageError: It runs triggers, whose environments do not have the same answer.
            AirsideError: The secrets cannot be read.
        """
        return self._common(ask, self._environments(), "whose trigger is asking")

    def answer_for_logs(self, ask: Callable[[Secrets], T | None]) -> T | None:
        """Return what the secrets of every environment that is served here answer, whatever this process works for.

        Raises:
            UsageError: They do not have the same answer.
            AirsideError: The secrets cannot be read.
        """
        options = self._options
        names = (options.environment,) if options.environment else options.environments
        return self._common(ask, names or tuple(sorted(served_environments())), "whose log it is")

    def _common(self, ask: Callable[[Secrets], T | None], names: tuple[str, ...], what: str) -> T | None:
        answers = {name: ask(self._reader.secrets(name)) for name in names}
        first = next(iter(answers.values()), None)
        if any(answer != first for answer in answers.values()):
            raise UsageError(
                f"{' and '.join(answers)} do not have the same, and Airflow does not tell {what}",
                hint="Give them the same, set an environment variable of Airflow's, or serve each environment "
                "with an Airflow of its own.",
            )
        return first

    def connection_ids(self) -> tuple[str, ...]:
        """Return the ids of the connections of the environment of this process.

        Raises:
            AirsideError: The secrets cannot be read.
        """
        return tuple({each: None for name in self._environments() for each in self._reader.secrets(name).connections})

    def _environments(self) -> tuple[str, ...]:
        """Return whose secrets this process has: of one environment; of none; of all those whose triggers it runs."""
        if self._options.environment is not None:
            return (self._options.environment,)
        triggers = runs_triggers()
        limits = self._options.environments or (tuple(sorted(served_environments())) if triggers else ())
        try:
            name = current_environment()
        except UsageError:
            name = None
        if name is not None and (name in limits or not limits):
            return (name,)
        # What a server of an Airflow that serves several looks up for itself belongs to none of them.
        return limits if triggers else ()

    def mask_connection(self, found: Connection, made: Any) -> None:  # noqa: ANN401 - Airflow has two classes
        """Have every secret of a connection masked: what the document says, and what Airflow has made of it."""
        said = (made.login, made.password, made.extra)
        with self._news("connection", found.id, (found, said)) as news:
            if news:
                mask([*found.leaves(), made.password or "", *leaves_of_json(made.extra)], basic=said[:2])
                # Airflow calls it next, and asks its database where it fails (airflow/sdk/execution_time/context.py).
                made.get_uri()

    def mask_variable(self, key: str, value: str) -> None:
        """Have every text of a variable masked."""
        with self._news("variable", key, value) as news:
            if news:
                mask([value, *leaves_of_json(value)])

    @contextmanager
    def _news(self, kind: str, name: str, content: object) -> Iterator[bool]:
        """Tell whether this was not masked before, and remember it once that is done.

        Airflow's processes for code ask another one to mask for them, and so have to be told anew for each of those.
        """
        case = (content, id(supervisor()))
        yield self._masked.get((kind, name)) != case
        self._masked[kind, name] = case


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
