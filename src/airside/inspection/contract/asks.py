"""What a piece of code asks for."""

import ast
from dataclasses import dataclass, field

from airside.inspection.contract.ledger import Place
from airside.inspection.contract.scope import Scope
from airside.inspection.contract.sources import FunctionNode, Source
from airside.release.description import Certainty, NeedKind


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands around an expression.

    Attributes:
        caught: The names of the exceptions that are caught around it; ``BaseException`` for all.
        conditional: It is reached in some runs only.
        chooses_tasks: Whether it is reached depends on which tasks the workflow has.
    """

    caught: frozenset[str] = frozenset()
    conditional: bool = False
    chooses_tasks: bool = False

    @property
    def certainty(self) -> Certainty:
        """How sure it is that the expression is reached."""
        return "likely" if self.conditional else "exact"

    def catches(self, *names: str) -> bool:
        """Say whether one of these, or everything, is caught."""
        return not self.caught.isdisjoint({*names, "Exception", "BaseException"})


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that it needs."""

    kind: NeedKind
    name: str
    place: Place
    certainty: Certainty = "exact"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """A module that it imports and that cannot be imported."""

    name: str
    place: Place
    certainty: Certainty = "exact"


@dataclass(frozen=True, slots=True)
class Pull:
    """An XCom that it pulls from these tasks of its own workflow."""

    tasks: tuple[str, ...]
    place: Place
    certainty: Certainty = "exact"
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What it returns at one place."""

    node: ast.expr
    scope: Scope


@dataclass(slots=True)
class Reading:
    """All that was found in a function and in what it calls.

    Attributes:
        asks: What it needs.
        missing: Modules that are not there.
        pulls: XComs.
        results: What the function itself returns.
        functions: Every function that was read, the first one first.
        source: Where the first one is; None if nothing was read.
    """

    asks: list[Ask] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    pulls: list[Pull] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    functions: list[FunctionNode] = field(default_factory=list)
    source: Source | None = None
