"""What a verb is given: the workspace, the store, the output and the answers to prompts."""

import secrets
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from airside.base import clock
from airside.base.errors import RefusedError
from airside.cli import environ
from airside.cli.output import Output

if TYPE_CHECKING:
    from airside.delivery.activate import Stamp
    from airside.store.port import Store
    from airside.workspace.workspace import Workspace


@dataclass(frozen=True)
class Context:
    """One invocation of one verb.

    Attributes:
        folder: Where the search for `airside.toml` begins.
        output: How to print.
        assume_yes: Answer every prompt with yes.
    """

    folder: Path
    output: Output
    assume_yes: bool = False

    @cached_property
    def workspace(self) -> "Workspace":
        """The workspace around `folder`.

        Raises:
            WorkspaceError: There is none, or its settings are not valid.
        """
        from airside.workspace.workspace import open_workspace

        return open_workspace(self.folder)

    @cached_property
    def store(self) -> "Store":
        """The store of the workspace, proven able to hold releases.

        Raises:
            StoreError: It does not answer, or cannot compare and swap.
        """
        from airside.store.opening import open_store
        from airside.store.probe import require_capable
        from airside.workspace.workspace import store_location

        settings = self.workspace.settings.store
        store = open_store(store_location(self.workspace), settings.options)
        require_capable(store, now=self.now())
        return store

    @property
    def actor(self) -> str:
        """Who is named in the history of an environment."""
        return environ.actor(environ.variables())

    def now(self) -> datetime:
        """Return the time in UTC."""
        return clock.now()

    def stamp(self) -> "Stamp":
        """Return what this invocation puts on a move: time, nonce, signatures."""
        from airside.delivery.activate import Stamp

        return Stamp(self.now(), secrets.token_hex(16))

    def confirm(self, question: str) -> None:
        """Ask, and return when the answer is yes.

        Raises:
            RefusedError: The answer is no, or nobody can be asked.
        """
        if self.assume_yes:
            return
        if self.output.as_json or not sys.stdin.isatty():
            raise RefusedError(
                f"{question} There is nobody to ask here", hint="Answer in advance with --yes. Nothing was changed."
            )
        import click

        if not click.confirm(question, default=False, err=True):
            raise RefusedError("Not confirmed; nothing was changed")
