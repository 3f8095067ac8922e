"""Servers that are programs of their own, each with a keeper that ends it with this process."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from airside.base.children import inherited
from airside.base.errors import PlatformError

_KEEPER: Final = Path(__file__).with_name("keeper.py")
_END_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A server that runs.

    Attributes:
        keeper: The process that keeps it.
        log: What the server has said.
    """

    keeper: subprocess.Popen[bytes]
    log: Path

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.keeper.poll() is None

    def said(self) -> str:
        """Return the end of what it has said."""
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def end(self) -> None:
        """End it and wait until it is gone."""
        self.keeper.terminate()
        try:
            self.keeper.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.keeper.kill()
            self.keeper.wait()


def keep(
    command: Sequence[str], folders: Sequence[Path], *, end_with: signal.Signals, account: str | None = None
) -> Kept:
    """Start a server that ends with this process, also when that is killed.

    Args:
        command: Its arguments, the program first.
        folders: Its own; it runs in the first, and they are removed when it ends.
        end_with: The signal that it ends with and cleans up.
        account: Whom it runs as; None: the user.

    Raises:
        PlatformError: No process can be started.
    """
    log = folders[0] / "log"
    places = os.pathsep.join(str(folder) for folder in folders)
    arguments = [str(os.getpid()), str(int(end_with)), account or "-", places, *command]
    try:
        with log.open("wb") as out:
            keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_KEEPER), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=inherited(LC_ALL="C.UTF-8"),
                start_new_session=True,  # Ctrl-C is for pytest, which still reads from the server
            )
    except OSError as error:
        raise PlatformError(f"A server for the tests cannot be started: {error}") from error
    return Kept(keeper, log)
