"""The sentences about what is missing, and what to do about it."""

import re
from dataclasses import dataclass
from typing import Final

from airside.base.suggestions import suggestion
from airside.release.description import Need, NeedKind


@dataclass(frozen=True, slots=True)
class Missed:
    """A need that was not met.

    Attributes:
        need: It.
        environments: Those that lack it, by name; a workspace without any has one without a name.
        known: Names of its kind that there are.
        workflows: How many workflows need it.
    """

    need: Need
    environments: tuple[str, ...]
    known: frozenset[str]
    workflows: int = 1


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and the next step."""

    message: str
    fix: str


_LACKS: Final[dict[NeedKind, str]] = {
    "connection": "{where} has no connection {name!r}",
    "variable": "{where} has no variable {name!r}",
    "environment-variable": "{where} does not set the environment variable {name!r}",
    "pool": "No pool {name!r} is declared",
    "config": "There is no config {name!r}",
    "workflow": "There is no workflow {name!r} in the release",
    "asset": "No task of the release writes the asset {name!r}",
}

_ENTRY = "Add it: airside secrets edit {environment}; or, if it comes from elsewhere, name it in {provided} as one of "

_FIXES: Final[dict[NeedKind, str]] = {
    "connection": _ENTRY + "connections",
    "variable": _ENTRY + "variables",
    "environment-variable": "If the environment sets it, name it in {provided} as one of environment_variables",
    "pool": "Declare it with its slots in [pools] of airside.toml, or name it in {provided} as one of pools",
    "config": "Write it into a file below configs/: configs/sales/orders.yaml is sales.orders",
    "workflow": "Correct the id; or, if another workspace serves it, name it in {provided} as one of workflows",
    "asset": "Add it to the outlets of the task that writes it; what others write is named by a URI",
}


def described(missed: Missed) -> Said:
    """Return the words for a need that was not met."""
    need = missed.need
    environment = missed.environments[0] if len(missed.environments) == 1 and missed.environments[0] else "ENV"
    key = environment if re.fullmatch(r"[A-Za-z0-9_-]+", environment) else f'"{environment}"'
    message = _LACKS[need.kind].format(where=_where(missed.environments), name=need.name)
    others = f" ({missed.workflows} workflows need it)" if missed.workflows > 1 else ""
    fix = _FIXES[need.kind].format(environment=environment, provided=f"[environments.{key}.provided]")
    return Said(message + others + suggestion(need.name, missed.known), fix)


def _where(environments: tuple[str, ...]) -> str:
    if environments == ("",):
        return "The workspace"
    if len(environments) == 1:
        return f"Environment {environments[0]!r}"
    return f"None of the environments {', '.join(environments)}"
