"""What is in a table after a run."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """A table behind a connection, as it is now.

    Attributes:
        name: As the test asked for it.
        rows: A mapping by column for each, in the order in which the database gives them: the order of inserts, unless
            rows were changed.
    """

    name: str
    rows: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[Any]:
        """Return the values of one column, a value for each row."""
        return [row[name] for row in self.rows]
