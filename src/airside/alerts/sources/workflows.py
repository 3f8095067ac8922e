"""Whose a workflow is: its owner, its team, its tags and its bundle, as Airflow knows them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from airside.alerts.sources.pages import news
from airside.alerts.sources.port import Airflow
from airside.base.errors import PlatformError

_GOOD_FOR: Final = 300.0
_SINGLY: Final = 20
"""Workflows that are asked about one by one; more of them are found in the list of all."""

_NOT_FOUND: Final = 404
_TEAM: Final = "team:"


@dataclass(frozen=True, slots=True)
class Whose:
    """What Airflow says of a workflow.

    Attributes:
        bundle: Where it comes from.
        owner: Its owners, joined by commas.
        team: What its tag ``team:…`` says.
        tags: All its tags.
    """

    bundle: str | None = None
    owner: str | None = None
    team: str | None = None
    tags: tuple[str, ...] = ()


class Workflows:
    """Remembers for five minutes what Airflow said of workflows.

    Args:
        airflow: Whom to ask.
        clock: Returns seconds that never go back.
    """

    def __init__(self, airflow: Airflow, clock: Callable[[], float]) -> None:
        self._airflow, self._clock = airflow, clock
        self._known: dict[str, tuple[float, Whose]] = {}

    def of(self, names: Collection[str]) -> Mapping[str, Whose]:
        """Return whose the workflows `names` are; a workflow that Airflow no longer has is nobody's.

        Raises:
            PlatformError: Airflow does not answer.
        """
        now = self._clock()
        unknown = {name for name in names if name not in self._known or self._known[name][0] < now - _GOOD_FOR}
        if unknown:
            found = dict(self._one_by_one(unknown) if len(unknown) <= _SINGLY else self._in_the_list(unknown))
            self._known |= {name: (now, found.get(name, Whose())) for name in unknown}
        return {name: self._known[name][1] for name in names}

    def _one_by_one(self, names: Collection[str]) -> Iterator[tuple[str, Whose]]:
        for name in names:
            try:
                yield name, _whose(self._airflow.call("GET", f"/api/v2/dags/{quote(name, safe='')}"))
            except PlatformError as error:
                if getattr(error, "status", None) != _NOT_FOUND:
                    raise

    def _in_the_list(self, names: Collection[str]) -> Iterator[tuple[str, Whose]]:
        path = "/api/v2/dags?exclude_stale=false&order_by=dag_id"
        for row in news(self._airflow, path, "dags", lambda row: row["dag_id"] in names):
            yield row["dag_id"], _whose(row)


def _whose(row: Mapping[str, Any]) -> Whose:
    tags = tuple(tag["name"] for tag in row.get("tags") or ())
    teams = [tag.removeprefix(_TEAM) for tag in tags if tag.startswith(_TEAM)]
    return Whose(row.get("bundle_name"), ", ".join(row.get("owners") or ()) or None, next(iter(teams), None), tags)
