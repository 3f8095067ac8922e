"""The operator that checks SQL; it is imported where its provider is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow.providers.common.sql.operators.sql import BaseSQLOperator

from airside.authoring.checks.operator import Check, failed


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the first value is; without any, each value of the row is true."""

    equals: Any = None
    at_least: Any = None
    at_most: Any = None

    def fault(self, row: Sequence[Any]) -> str | None:
        """Return what is wrong with the row; None where nothing is.

        Raises:
            TypeError: The value cannot be compared.
        """
        if (self.equals, self.at_least, self.at_most) == (None, None, None):
            return None if all(row) else f"returned {_shown(row)}, where each value has to be true"
        value = row[0]
        if value is None:
            return "returned NULL"
        if self.equals is not None and value != self.equals:
            return f"returned {value!r}, expected {self.equals!r}"
        if self.at_least is not None and value < self.at_least:
            return f"returned {value}, expected at least {self.at_least}"
        if self.at_most is not None and value > self.at_most:
            return f"returned {value}, expected at most {self.at_most}"
        return None


class SqlCheck(Check, BaseSQLOperator):  # type: ignore[misc]  # Airflow's class is untyped here
    """Runs a query, and fails where its first row is not what is expected."""

    template_fields = ("conn_id", "sql", "parameters", *BaseSQLOperator.template_fields)
    template_ext = (".sql",)
    template_fields_renderers = {"sql": "sql"}  # noqa: RUF012 - as Airflow's own

    def __init__(
        self,
        *,
        sql: str,
        expectation: Expectation,
        parameters: Mapping[str, Any] | Sequence[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sql = sql
        self.parameters = parameters
        self.expectation = expectation

    def look(self) -> str:
        """Ask the database."""
        query = " ".join(self.sql.split())
        thing = f"The query on {self.conn_id!r}"
        try:
            row = self.get_db_hook().get_first(self.sql, self.parameters)
            fault = self.expectation.fault(row) if row else "returned no row"
        except Exception as error:
            raise failed(thing, f"failed: {error} ({query})") from error
        if fault is not None:
            raise failed(thing, f"{fault}: {query}")
        return f"{thing} returned {_shown(row)}: {query}"


def _shown(row: Sequence[Any]) -> str:
    return ", ".join(repr(value) if isinstance(value, str) else str(value) for value in row)
