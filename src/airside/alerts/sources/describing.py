"""From what happened in Airflow to an event: environment, owner, release, links."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from airside.alerts.event import Event, Kind
from airside.alerts.sources.facts import Fact
from airside.alerts.sources.links import Links
from airside.alerts.sources.releases import Releases
from airside.alerts.sources.workflows import Whose, Workflows

Known = tuple[Fact, str, Whose]
"""A fact, its environment, and whose the workflow is."""

_OF_FILES = frozenset({Kind.IMPORT_ERROR, Kind.IMPORT_FIXED})


@dataclass(frozen=True, slots=True)
class Describer:
    """Makes events of facts.

    Attributes:
        environments: For each bundle, its environment. What comes from another bundle is not ours.
        workflows: Knows whose a workflow is.
        releases: Knows where a tree came from.
        links: Knows addresses.
    """

    environments: Mapping[str, str]
    workflows: Workflows
    releases: Releases
    links: Links

    def ours(self, facts: Iterable[Fact]) -> Iterator[Known]:
        """Yield those facts that are of our environments, each with its environment and whose it is.

        Raises:
            PlatformError: Airflow does not answer.
        """
        found = list(facts)
        known = self.workflows.of({fact.workflow for fact in found if fact.kind not in _OF_FILES})
        for fact in found:
            whose = known.get(fact.workflow, Whose())
            environment = self.environments.get(fact.bundle or whose.bundle or "")
            if environment is not None:
                yield fact, environment, whose

    def event(self, fact: Fact, environment: str, whose: Whose) -> Event:
        """Return the event of a fact."""
        is_file = fact.kind in _OF_FILES
        made = self.releases.current(environment) if is_file else self.releases.of(environment, fact.version)
        return Event(
            kind=fact.kind,
            environment=environment,
            at=fact.at,
            subject=fact.workflow,
            task=_task(fact),
            run=fact.run,
            error=fact.error,
            attempt=fact.attempt or None,
            owner=whose.owner,
            team=whose.team,
            tags=whose.tags,
            release=made.release,
            commit=made.commit,
            links=self._links(fact, environment, whose),
        )

    def _links(self, fact: Fact, environment: str, whose: Whose) -> dict[str, str]:
        if fact.run is None:
            return self.links.of_imports() if fact.kind in _OF_FILES else {}
        runbook = self.links.of_runbook(fact.workflow, environment, whose.team)
        if fact.task is None:
            return self.links.of_run(fact.workflow, fact.run) | runbook
        where = {"map_index": fact.map_index, "attempt": fact.attempt}
        return self.links.of_task(fact.workflow, fact.run, fact.task, **where) | runbook


def _task(fact: Fact) -> str | None:
    return f"{fact.task}[{fact.map_index}]" if fact.task and fact.map_index >= 0 else fact.task
