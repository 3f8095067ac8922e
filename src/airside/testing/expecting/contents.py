"""What has to be in a table, a file or an object."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, InstanceOf, model_validator

from airside.testing.expecting.checks import Check, parse_check
from airside.testing.expecting.columns import ColumnType
from airside.testing.expecting.part import Count, Part, Switch, Text
from airside.testing.expecting.row_source import Rows


def _check(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("expected a check in quotes, such as 'row_count = 1'")  # noqa: TRY004 - pydantic's way
    return parse_check(value)


CheckLine = Annotated[InstanceOf[Check], BeforeValidator(_check, json_schema_input_type=str)]


class TableExpected(Part):
    """What is in a table, or in a file of rows.

    Attributes:
        rows: All rows, in any order, or the path of a file of them. Columns that no row names are not looked at.
        has_rows: Rows that are among them, or the path of a file of them.
        in_order: Whether `rows` are in this order.
        count: How many rows there are; of files and objects with a `*` in the key, how many of these.
        checks: What has to be true of the columns: `row_count = 1`, `missing_count(id) = 0`, `min(amount) >= 0`.
        columns: Columns that have to be there, and their types.
        exists: `false`: it must not be there.
        by: The task that wrote it, which is verified with it.
    """

    rows: Rows | None = None
    has_rows: Rows | None = None
    in_order: Switch = False
    count: Count | None = None
    checks: tuple[CheckLine, ...] = ()
    columns: Mapping[Text, ColumnType] = {}
    exists: Switch = True
    by: Text | None = None

    @model_validator(mode="after")
    def _nothing_of_what_is_not_there(self) -> "TableExpected":
        if not self.exists and (said := sorted(self.model_fields_set - {"exists", "by"})):
            raise ValueError(f"exists: false goes without {', '.join(said)}")
        return self

    @property
    def needs_rows(self) -> bool:
        """Whether anything is said of rows, `count` aside."""
        return bool(self.checks or self.columns) or self.rows is not None or self.has_rows is not None


class StoredExpected(TableExpected):
    """What is in a file or an object.

    Attributes:
        text: All of it; `*` stands for any text.
        json: The value of its JSON, exactly.
    """

    text: Text | None = None
    json_value: Any = Field(default=None, alias="json")
