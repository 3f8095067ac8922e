"""The documents of an environment somewhere else: in a commit, of another environment, as they were applied."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.secret_files import BASE, document_path, no_secrets, shown, values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airside.secrets.comparing import Entries


@dataclass(frozen=True, slots=True)
class Layers:
    """The documents that make up the secrets of an environment.

    Attributes:
        label: Where they are from, for the user.
        sealed: The bytes of each, base first.
    """

    label: str
    sealed: tuple[bytes, ...] = field(repr=False)

    def ciphertexts(self) -> "Entries":
        """Return what each name has, encrypted."""
        from airside.secrets.outline import read_outline

        return {
            entry: value for data in self.sealed for entry, value in read_outline(data, what=self.label).entries.items()
        }

    def values(self) -> "Entries":
        """Return what each name has, decrypted.

        Raises:
            UsageError: The user's key cannot decrypt it.
            IntegrityError: It was tampered with.
        """
        from airside.secrets.comparing import entries_of

        documents = (values(data, what=self.label) for data in self.sealed)
        return {entry: value for document in documents for entry, value in entries_of(document).items()}


def working_layers(context: Context, environment: str) -> Layers:
    """Return the documents of the working tree."""
    from airside.secrets.writing.saving import read

    found = [read(path) for path in _paths(context, environment)]
    if not any(found):
        raise no_secrets(environment)
    return Layers(environment, tuple(data for data in found if data is not None))


def committed_layers(context: Context, environment: str, reference: str) -> Layers:
    """Return the documents as they are in the commit `reference`.

    Raises:
        UsageError: There is no such commit.
    """
    from airside.workspace.git import open_repository

    repository = open_repository(context.workspace.root)
    if reference == "HEAD" and repository.head() is None:
        return Layers("HEAD, which has no commit", ())
    if reference.startswith("-") or not repository.has_commit(reference):
        raise UsageError(f"There is no environment and no commit {reference!r}", hint="git log --oneline")
    paths = [shown(context, path) for path in _paths(context, environment)]
    found = {entry.path: entry.object_id for entry in repository.entries(paths, reference)}
    contents = repository.contents(found.values())
    return Layers(reference, tuple(contents[found[path]] for path in paths if path in found))


def applied_layers(context: Context, environment: str) -> Layers:
    """Return the documents that the environment serves in the store."""
    from airside.delivery.secret_documents import read_applied

    applied: Mapping[str, bytes] = read_applied(context.store, environment) or {}
    paths = [shown(context, path) for path in _paths(context, environment)]
    return Layers(f"applied to {environment}", tuple(applied[path] for path in paths if path in applied))


def compared(context: Context, sides: tuple[Layers, Layers]) -> tuple[str, "Entries", "Entries"]:
    """Return how two sides can be compared, by `values` or by `ciphertext`, and what each has."""
    one, other = sides
    # What is broken is told, with or without a key.
    sealed = one.ciphertexts(), other.ciphertexts()
    try:
        return "values", one.values(), other.values()
    except UsageError as error:
        context.output.detail(error.message)
        return "ciphertext", *sealed


def _paths(context: Context, environment: str) -> list[Path]:
    return [document_path(context, layer) for layer in dict.fromkeys((BASE, environment))]
