"""The names in the secrets that were applied to an environment: a plan goes by these, not by those of the folder."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from airside.base.errors import FindingsError, IntegrityError, RefusedError
from airside.cli.context import Context
from airside.cli.names import environment_names
from airside.planning.lacks import Lack

if TYPE_CHECKING:
    from airside.release.contract import Names

_SECTIONS = {"connection": "connections", "variable": "variables"}

Applied = frozenset[tuple[str, str]]
"""Section and name of each."""


def names_in_force(context: Context, environment: str) -> "tuple[Names, Applied]":
    """Return the names that `environment` has, and those in the workspace's documents that wait to be applied.

    Where none were ever applied the documents of the workspace count, and nothing waits.

    Raises:
        FindingsError: A document in the workspace is not what it should be.
        StoreUnavailableError: The store does not answer.
    """
    if (applied := _applied(context, environment)) is None:
        return environment_names(context.workspace, environment), frozenset()
    from airside.secrets.names import read_secret_names
    from airside.workspace.names import names_of

    connections = [name for section, name in applied if section == "connections"]
    variables = [name for section, name in applied if section == "variables"]
    here = read_secret_names(context.workspace.root / "secrets", environment)
    written = {("connections", name) for name in here.connections} if here else set()
    written |= {("variables", name) for name in here.variables} if here else set()
    names = names_of(context.workspace, environment, connections=connections, variables=variables)
    return names, frozenset(written - applied)


def marked(lacks: tuple[Lack, ...], waiting: Collection[tuple[str, str]]) -> tuple[Lack, ...]:
    """Return `lacks` with a mark on those that `airside secrets apply` would end."""
    return tuple(replace(lack, unapplied=(_SECTIONS.get(lack.kind, ""), lack.name) in waiting) for lack in lacks)


def _applied(context: Context, environment: str) -> Applied | None:
    from airside.delivery.secret_documents import read_applied
    from airside.secrets.ciphertext import merged_entries

    try:
        documents = read_applied(context.store, environment)
        return None if documents is None else frozenset(merged_entries(documents))
    except (FindingsError, IntegrityError, RefusedError) as error:
        # A plan is to be looked at only: it must not keep anybody from moving workflows.
        context.output.progress(f"The plan goes by the documents here: {error.message}", style="yellow")
        return None
