"""Whom Postgres runs as: it refuses root, and for root runs as an account without rights."""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from airside.base.errors import PlatformError
from airside.testing.standins.databases.postgres_folder import new_folder

ACCOUNTS: Final = ("postgres", "nobody")
"""Accounts that Postgres runs as when the user is root, the first that exists."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs Postgres.

    Attributes:
        name: None: the user.
        binaries: The folder that holds `bin/postgres`, where the account can enter.
        folders: What was made for it, and is to be removed.
    """

    name: str | None
    binaries: Path
    folders: tuple[Path, ...] = ()

    def give(self, path: Path) -> None:
        """Make the account the owner of `path`."""
        if self.name is not None:
            shutil.chown(path, self.name)


def account_for(packaged: Path) -> Account:
    """Return who runs Postgres for this user.

    Args:
        packaged: The folder in the package. When the account of root's Postgres cannot reach it, it is copied.

    Raises:
        PlatformError: The user is root and there is no account for it.
    """
    if os.geteuid() != 0:
        return Account(None, packaged)
    name = next((each for each in ACCOUNTS if _is_known(each)), None)
    if name is None:
        raise PlatformError(
            f"Postgres does not run as root, and this machine has no account {' or '.join(ACCOUNTS)}",
            hint="Run the tests as an ordinary user.",
        )
    if _can_all_run(packaged):
        return Account(name, packaged)
    folder = new_folder(in_memory=False)
    if not _can_all_enter(folder):
        folder.rmdir()
        raise PlatformError(
            f"The account {name} cannot reach {folder}", hint="Set TMPDIR to a folder that all can enter."
        )
    return Account(name, _copied(packaged, folder), (folder,))


def _is_known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _can_all_enter(folder: Path) -> bool:
    return all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))


def _can_all_run(packaged: Path) -> bool:
    program = packaged / "bin" / "postgres"
    library = packaged / "lib" / "dict_snowball.so"
    readable = all(each.stat().st_mode & stat.S_IROTH for each in (program, library) if each.exists())
    return readable and _can_all_enter(program.resolve())


def _copied(packaged: Path, folder: Path) -> Path:
    """Copy the binaries to where every account can run them."""
    target = folder / packaged.parent.name / packaged.name
    shutil.copytree(packaged, target, symlinks=True)
    # The libraries of the wheel lie beside its package, and the binaries look for them there.
    libraries = packaged.parent.with_name(f"{packaged.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    for place, _, files in os.walk(folder):
        for path in (Path(place), *(Path(place, name) for name in files)):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | 0o044 | (0o011 if mode & 0o100 else 0))
    return target
