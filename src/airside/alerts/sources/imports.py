"""Files that do not import, and those that do again."""

from collections.abc import Collection, Container, Iterator, Mapping

from airside.alerts.event import Kind
from airside.alerts.sources.errors import error_of_traceback
from airside.alerts.sources.facts import Fact, seconds
from airside.alerts.sources.pages import Row, news
from airside.alerts.sources.port import Airflow

File = tuple[str, str]
"""The bundle and the path in it."""


def broken_files(airflow: Airflow, bundles: Container[str]) -> Mapping[File, Row]:
    """Return the files of `bundles` that do not import, as Airflow tells them.

    Raises:
        PlatformError: Airflow does not answer.
    """
    rows = news(
        airflow, "/api/v2/importErrors?order_by=-id", "import_errors", lambda row: row["bundle_name"] in bundles
    )
    return {(row["bundle_name"], row["filename"]): row for row in rows}


def import_facts(found: Mapping[File, Row], known: Collection[File], now: float) -> Iterator[Fact]:
    """Yield what changed: files that import no longer, and files that do again or are gone.

    A file that is parsed again and fails again is no news: Airflow replaces its error at every parse.

    Args:
        found: The files that do not import now.
        known: Those that did not before.
        now: The time, in seconds since 1970 of Airflow's clock.
    """
    for (bundle, file), row in found.items():
        if (bundle, file) not in known:
            yield _fact(
                Kind.IMPORT_ERROR, bundle, file, seconds(row["timestamp"]), error_of_traceback(row["stack_trace"])
            )
    for bundle, file in known:
        if (bundle, file) not in found:
            yield _fact(Kind.IMPORT_FIXED, bundle, file, now, None)


def _fact(kind: Kind, bundle: str, file: str, at: float, error: str | None) -> Fact:
    return Fact(key=f"{kind} {bundle} {file} {at}", kind=kind, at=at, workflow=file, bundle=bundle, error=error)
