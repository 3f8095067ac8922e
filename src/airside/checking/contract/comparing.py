"""What environments lack of what the workflows need, as findings."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from airside.checking.contract.needs import descriptions_of, line_of, needs_of
from airside.checking.contract.problems import problem_findings
from airside.checking.contract.words import Missed, described
from airside.checking.findings import Finding, Severity
from airside.checking.rules import RULES
from airside.inspection.facts import FileFacts
from airside.release.contract import Names, outcome, with_release
from airside.release.description import Need, NeedKind, WorkflowDescription

_OF_THE_RELEASE: frozenset[NeedKind] = frozenset({"pool", "config", "workflow", "asset"})
"""What the workspace itself declares or holds: a miss needs no environment to be one."""

_IN_FILES: frozenset[NeedKind] = frozenset({"workflow", "asset"})
"""What DAG files define."""

_NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})

_FROM_PROBLEMS: frozenset[NeedKind] = frozenset({"package", "template"})
"""Only the Python of the workspace can tell; its findings come as problems of the workflow."""


@dataclass(frozen=True, slots=True)
class _Miss:
    """A need that no environment that is asked has.

    Attributes:
        need: It.
        severity: As its rule and its certainty have it.
        environments: Those that are known to lack it.
        known: The names of its kind that there are.
    """

    need: Need
    severity: Severity
    environments: tuple[str, ...]
    known: frozenset[str]


def contract_findings(
    facts: Sequence[FileFacts],
    names: Mapping[str, Names],
    *,
    environment: str | None,
    complete: bool,
    sources: Mapping[str, bytes] = _NOTHING,
) -> Iterator[Finding]:
    """Return what the workflows need and do not have, and what is wrong with each of them alone.

    Args:
        facts: Of the files that were imported.
        names: What each declared environment has.
        environment: The one to compare with; without it only what none of them has is missing, and what depends on
            an environment is a warning.
        complete: The facts are of all files: a workflow or an asset that is not among them does not exist.
        sources: The content of the files. One that cannot be imported may define a workflow or write an asset that
            its text names; without its text it may define any.
    """
    yield from problem_findings(facts)
    asked = {environment: names[environment]} if environment is not None else (names or {"": Names()})
    known = {name: with_release(found, descriptions_of(facts), complete=complete) for name, found in asked.items()}
    broken = tuple(sources.get(file.file) for file in facts if file.failures)
    for need, ids in _places(facts).items():
        miss = _miss(need, known, is_chosen=environment is not None)
        if miss is not None and need.kind in _IN_FILES and broken:
            miss = _doubted(miss, broken)
        if miss is not None:
            yield _finding(miss, sorted(ids))


def _doubted(miss: _Miss, broken: Sequence[bytes | None]) -> _Miss | None:
    """Return what is left of a miss beside files that cannot be imported: a warning, where none of them names it."""
    name = miss.need.name.encode()
    if any(text is None or name in text for text in broken):
        return None
    return _Miss(miss.need, "warning", miss.environments, miss.known)


def _places(facts: Sequence[FileFacts]) -> dict[Need, set[str]]:
    # Several tasks, and several workflows, may ask in one place; that is one finding.
    places: dict[Need, set[str]] = defaultdict(set)
    for file in facts:
        needs = needs_of(file)
        for workflow in file.workflows:
            for need in needs[workflow.description.id]:
                places[_placed(need, workflow.description)].add(workflow.description.id)
    return places


def _placed(need: Need, workflow: WorkflowDescription) -> Need:
    if need.file is not None:
        return replace(need, task=None)
    return replace(need, file=workflow.file, line=line_of(need.task, workflow))


def _miss(need: Need, names: Mapping[str, Names], *, is_chosen: bool) -> _Miss | None:
    if need.optional or need.kind in _FROM_PROBLEMS:
        return None
    outcomes = {environment: outcome(need, found) for environment, found in names.items()}
    absent = tuple(environment for environment, result in outcomes.items() if result == "absent")
    if not absent or "present" in outcomes.values():
        return None
    certain = need.certainty == "exact" and (is_chosen or need.kind in _OF_THE_RELEASE)
    severity: Severity = (RULES[f"missing-{need.kind}"].severity or "warning") if certain else "warning"
    known = frozenset[str]().union(*(found.of(need.kind) for found in names.values()))
    return _Miss(need, severity, absent, known)


def _finding(miss: _Miss, workflows: Sequence[str]) -> Finding:
    need = miss.need
    said = described(Missed(need, miss.environments, miss.known, len(workflows)))
    return RULES[f"missing-{need.kind}"].finding(
        need.file or "",
        said.message,
        severity=miss.severity,
        line=need.line,
        fix=said.fix,
        workflow=workflows[0],
        task=need.task,
    )
