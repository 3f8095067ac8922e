"""Lists of Airflow's API, the newest first, read as far as there is news."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from airside.alerts.sources.port import Airflow
from airside.base.errors import PlatformError

PAGE: Final = 100
"""What Airflow gives at most (`[api] maximum_page_limit`)."""

_SHORT_PAGE: Final = 25
"""Where there may be little news among much that is known: while hundreds of tasks fail."""

_MOST_ROWS: Final = 10_000

Row = Mapping[str, Any]


def news(
    airflow: Airflow, path: str, field: str, is_new: Callable[[Row], bool], *, thorough: bool = True
) -> Iterator[Row]:
    """Yield the rows of a list that are new.

    Args:
        airflow: Whom to ask.
        path: The list with its query, in an order that puts the newest first.
        field: Of the answer, the one with the rows.
        is_new: Tells what is new.
        thorough: Read to the end; else until a page has no news, which misses a row whose time is wrong.

    Raises:
        PlatformError: Airflow does not answer, or not as that of 3.3 does.
    """
    size = PAGE if thorough else _SHORT_PAGE
    for offset in range(0, _MOST_ROWS, size):
        rows = _rows(airflow.call("GET", f"{path}&limit={size}&offset={offset}"), field)
        found = [row for row in rows if is_new(row)]
        yield from found
        if len(rows) < size or not (found or thorough):
            return


def posted(airflow: Airflow, path: str, body: Mapping[str, object], field: str, most: int) -> Iterator[Row]:
    """Yield the rows of a list that is asked for with a document, of at most `most` pages.

    Raises:
        PlatformError: Airflow does not answer, or not as that of 3.3 does.
    """
    for offset in range(0, most * PAGE, PAGE):
        rows = _rows(airflow.call("POST", path, {**body, "page_limit": PAGE, "page_offset": offset}), field)
        yield from rows
        if len(rows) < PAGE:
            return


def _rows(page: object, field: str) -> list[Row]:
    rows = page.get(field) if isinstance(page, dict) else None
    if not isinstance(rows, list):
        raise PlatformError(f"Airflow does not answer as the API of 3.3 does: there are no {field.replace('_', ' ')}")
    return rows
