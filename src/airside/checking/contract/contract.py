"""The contract of each workflow: what it needs, where it says so, and whether an environment has it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from airside.checking.contract.needs import descriptions_of, line_of, needs_of
from airside.inspection.facts import FileFacts, WorkflowFacts
from airside.release.contract import Names, Outcome, outcome, with_release
from airside.release.description import Certainty, Need, NeedKind

_CERTAINTIES: Final[tuple[Certainty, ...]] = ("exact", "likely", "dynamic")
_BY_PROBLEM: Final[dict[NeedKind, str]] = {"package": "missing-package", "template": "missing-template"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is asked for.

    Attributes:
        file: A path in the tree.
        line: From 1; None where it is not known.
        task: The task that asks; None where the import of the file does.
    """

    file: str
    line: int | None
    task: str | None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a workflow needs.

    Attributes:
        kind: What it is.
        name: Its name; of a dynamic one the expression that makes it.
        certainty: The highest with which one of its places asks for it.
        optional: All its places can do without it.
        places: Where it is asked for.
        outcome: Whether the environment has it; None where no environment was named.
    """

    kind: NeedKind
    name: str
    certainty: Certainty
    optional: bool
    places: tuple[Place, ...]
    outcome: Outcome | None

    @property
    def is_broken(self) -> bool:
        """Whether the environment lacks it for sure, and the workflow cannot do without."""
        return self.outcome == "absent" and self.certainty == "exact" and not self.optional


@dataclass(frozen=True, slots=True)
class Contract:
    """What one workflow needs, in the order of kind and name."""

    workflow: str
    file: str
    terms: tuple[Term, ...]


def contracts(facts: Sequence[FileFacts], names: Names | None) -> tuple[Contract, ...]:
    """Return the contract of every workflow, in the order of their ids.

    Args:
        facts: Of all DAG files.
        names: What the environment has; None compares with none.
    """
    complete = not any(file.failures for file in facts)
    known = None if names is None else with_release(names, descriptions_of(facts), complete=complete)
    found = [
        Contract(workflow.description.id, file.file, _terms(workflow, needs, known))
        for file in facts
        for workflow, needs in _with_needs(file)
    ]
    return tuple(sorted(found, key=lambda contract: (contract.workflow, contract.file)))


def _with_needs(file: FileFacts) -> Iterator[tuple[WorkflowFacts, tuple[Need, ...]]]:
    needs = needs_of(file)
    yield from ((workflow, needs[workflow.description.id]) for workflow in file.workflows)


def _terms(workflow: WorkflowFacts, needs: tuple[Need, ...], names: Names | None) -> tuple[Term, ...]:
    groups: dict[tuple[NeedKind, str], list[Need]] = {}
    for need in needs:
        groups.setdefault((need.kind, need.name), []).append(need)
    return tuple(_term(workflow, group, names) for _, group in sorted(groups.items()))


def _term(workflow: WorkflowFacts, needs: Sequence[Need], names: Names | None) -> Term:
    # What is asked for with more certainty decides, and there what is not optional.
    first = min(needs, key=lambda need: (need.optional, _CERTAINTIES.index(need.certainty)))
    return Term(
        kind=first.kind,
        name=first.name,
        certainty=first.certainty,
        optional=first.optional,
        places=tuple(dict.fromkeys(_place(workflow, need) for need in needs)),
        outcome=None if names is None else _outcome(workflow, first, names),
    )


def _place(workflow: WorkflowFacts, need: Need) -> Place:
    if need.file is not None:
        return Place(need.file, need.line, need.task)
    return Place(workflow.description.file, line_of(need.task, workflow.description), need.task)


def _outcome(workflow: WorkflowFacts, need: Need, names: Names) -> Outcome:
    rule = _BY_PROBLEM.get(need.kind)
    if rule is None or need.certainty == "dynamic":
        return outcome(need, names)
    # The Python of the workspace has looked: what it did not find is a problem at the same place.
    lacking = {(problem.file, problem.line) for problem in workflow.problems if problem.rule == rule}
    return "absent" if (need.file, need.line) in lacking else "present"
