"""The folder that an agent keeps in step: its stable link, its lock, and whether what it serves is still whole."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from airside.base.digest import Digest
from airside.base.errors import PlatformError, RefusedError
from airside.base.one_holder import HeldError, held
from airside.delivery.folders import compare
from airside.delivery.following import Follower
from airside.platform.agent.memory import Memory, Remembered
from airside.platform.agent.retention import on_disk, removable, remove, retired

_LINK = Path("tracking") / "current"


@dataclass(slots=True)
class ServedFolder:
    """The folder of an agent.

    ```
    <root>/current            what consumers open: always leads to a whole tree, or to an empty folder at first
    <root>/tracking/current   what `current` leads to: swapped in one step
    <root>/versions/<tree>/   the trees
    ```

    Attributes:
        follower: What fills it.
        now: Returns the time.
    """

    follower: Follower
    now: Callable[[], datetime]
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        self.memory = Memory(self.root / ".state" / "agent.json")

    @property
    def root(self) -> Path:
        """Where it is."""
        return self.follower.root

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one agent of this folder.

        Raises:
            RefusedError: Another one is.
            PlatformError: The folder is not private, or cannot be written.
        """
        self.follower.prepare()
        with ExitStack() as stack:
            try:
                stack.enter_context(held(self.root / ".state" / "agent.lock"))
            except HeldError as error:
                raise RefusedError(
                    f"Another agent, process {error.holder}, keeps {self.root} in step",
                    hint="Stop that one, or give this one another folder.",
                ) from error
            except OSError as error:
                raise _unwritable(self.root, error) from error
            yield

    def expose(self) -> None:
        """Make the link `current`, where it is missing.

        Raises:
            RefusedError: Something else has that name.
            PlatformError: The folder cannot be written.
        """
        link = self.root / "current"
        try:
            if link.is_symlink() and link.readlink() == _LINK:
                return
            if os.path.lexists(link):
                raise RefusedError(
                    f"{link} is there already and is not the agent's link; nothing was changed",
                    hint="Move it away, or name another folder with --into.",
                )
            temporary = self.root / f".current.{secrets.token_hex(8)}"
            temporary.symlink_to(_LINK)
            temporary.replace(link)
        except OSError as error:
            raise _unwritable(self.root, error) from error

    def is_whole(self, *, to_the_byte: bool) -> bool:
        """Tell whether what is served is what its name says; by names and sizes, or every byte."""
        if (tree := self.follower.current) is None:
            return True
        if (manifest := self.follower.checkouts.manifest(tree)) is None:
            return False
        try:
            return not to_the_byte or not compare(self.follower.checkouts.folder(tree), manifest)
        except OSError:  # a file cannot be read, so nobody else can read it either
            return False

    def mend(self) -> None:
        """Fetch again what is served.

        Raises:
            AirsideError: It cannot be had. What is there is served still.
        """
        if (tree := self.follower.current) is None:
            return
        # Without its mark of completeness the tree is taken for one that is not there.
        (self.root / ".state" / f"{tree}.json").unlink(missing_ok=True)
        self.follower.checkouts.materialise(self.follower.store, tree)

    def tidy(self, keep: int, grace: float) -> list[str]:
        """Remove versions that were left long enough ago, and return them.

        Raises:
            PlatformError: One cannot be removed.
        """
        moment, remembered = self.now().timestamp(), self.memory.read()
        since = retired(remembered.retired, on_disk(self.root), self.follower.current, moment)
        going = removable(since, keep=keep, grace=grace, moment=moment)
        try:
            for tree in going:
                remove(self.root, tree)
        except OSError as error:
            raise _unwritable(self.root, error) from error
        left = {tree: left_at for tree, left_at in since.items() if tree not in going}
        self.memory.write(Remembered(hooked=remembered.hooked, retired=left))
        return going

    def note_hooked(self, tree: Digest) -> None:
        """Remember that the command has succeeded for `tree`.

        Raises:
            PlatformError: The disk is full or cannot be written.
        """
        self.memory.write(Remembered(hooked=str(tree), retired=self.memory.read().retired))


def _unwritable(root: Path, error: OSError) -> PlatformError:
    return PlatformError(
        f"Cannot write below {root}: {error.strerror or error}", hint="Look at its owner and mode, and the room there."
    )
