"""What a verb is given: the workspace, the store, the output and the answers to prompts."""

import secrets
import sys
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from airside.base import clock
from airside.base.errors import RefusedError
from airside.cli import environ
from airside.cli.output import Output
from airside.delivery.deadline import Deadline, uptime

if TYPE_CHECKING:
    from airside.delivery.activate import Stamp
    from airside.release.envelope import Sign
    from airside.signing.keyring import Keyring
    from airside.signing.signer import Signer
    from airside.signing.trust import Trust
    from airside.store.port import Store
    from airside.workspace.workspace import Workspace


@dataclass(frozen=True)
class Context:
    """One invocation of one verb.

    Attributes:
        folder: Where the search for `airside.toml` begins.
        output: How to print.
        assume_yes: Answer every prompt with yes.
        began: When, as `uptime` tells: what it saw in the store is good for some hours.
        whole: Demand that the workspace has what its settings ship.
    """

    folder: Path
    output: Output
    assume_yes: bool = False
    began: float = field(default_factory=uptime)
    whole: bool = True

    @cached_property
    def workspace(self) -> "Workspace":
        """The workspace around `folder`.

        Raises:
            WorkspaceError: There is none, or its settings are not valid.
        """
        from airside.workspace.workspace import open_workspace

        return open_workspace(self.folder, whole=self.whole)

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

        return Stamp(self.now(), secrets.token_hex(16), self.sign, Deadline(began=self.began))

    @cached_property
    def keyring(self) -> "Keyring":
        """The user's own signing keys."""
        from airside.signing.keyring import Keyring

        return Keyring(self._keys)

    @cached_property
    def signer(self) -> "Signer | None":
        """Who signs: the key that `AIRSIDE_SIGNING_KEY` names, else the key `default`; None where there is neither.

        Raises:
            UsageError: The key that is named does not exist, or cannot be used.
            RefusedError: It is in a KMS that cannot be used.
        """
        choice = environ.signing_key(environ.variables())
        # Asked before anything is imported: whoever has no key does not wait for the library.
        if choice is None and not (self._keys / "default.json").exists():
            return None
        from airside.signing.keyring import DEFAULT, chosen_signer

        return (
            chosen_signer(self.keyring, choice, where="AIRSIDE_SIGNING_KEY") if choice else self.keyring.signer(DEFAULT)
        )

    @property
    def sign(self) -> "Sign":
        """Adds the signature of `signer`, if there is one."""
        from airside.release.envelope import unsigned

        return self.signer.sign if self.signer else unsigned

    @cached_property
    def trust(self) -> "Trust | None":
        """Whom the `trust.toml` of the workspace trusts; None where there is none.

        Raises:
            UsageError: It does not hold.
        """
        from airside.workspace.layout import trust_file

        if (path := trust_file(self.workspace)) is None:
            return None
        from airside.signing.trust import load_trust

        return load_trust(path, guarded=False)

    @property
    def trust_file(self) -> Path:
        """Where the workspace says whom to trust. It lies in git, so that a change of it is reviewed."""
        from airside.workspace.layout import TRUST_FILE

        return self.workspace.root / TRUST_FILE

    @property
    def _keys(self) -> Path:
        return environ.configuration_folder(environ.variables()) / "airside" / "keys"

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

    def confirm_name(self, question: str, name: str) -> None:
        """Ask for `name` to be typed, and return when it is. `--yes` is no answer: it is typed without looking.

        Raises:
            RefusedError: Something else was typed, or nobody can be asked.
        """
        if self.output.as_json or not sys.stdin.isatty():
            raise RefusedError(
                f"{question} There is nobody to ask here, and --yes does not answer it",
                hint=f"Answer in advance with --confirm {name}. Nothing was changed.",
            )
        import click

        if click.prompt(f"{question} Type its name", default="", show_default=False, err=True) != name:
            raise RefusedError("Not confirmed; nothing was changed")
