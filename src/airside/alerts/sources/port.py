"""What sources need of Airflow's REST API."""

from collections.abc import Iterator
from typing import Any, Protocol


class Airflow(Protocol):
    """A signed-in user of Airflow's REST API; `airside.platform.http.Session` is one.

    Both raise `PlatformError` where it does not answer, or answers with an error; then `status` of it, if it has
    one, is that of HTTP.
    """

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Make a request and return the document of the answer."""

    def lines(self, path: str, *, most_bytes: int, seconds: float) -> Iterator[bytes]:
        """Yield the lines of an answer that may be long, as they come, until either limit."""
