"""The documents of secrets of a workspace, as the verbs of `airside secrets` open, change and save them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airside.base.errors import UsageError
from airside.base.names import bundle_name
from airside.cli import environ
from airside.cli.context import Context

if TYPE_CHECKING:
    from airside.secrets.reading import Keys
    from airside.secrets.recipients import Rules
    from airside.secrets.sops import Sops
    from airside.secrets.writing.private import PrivateFolder
    from airside.secrets.writing.sealing import Sealer
    from airside.secrets.writing.text import Changes

BASE = "base"
EMPTY = """\
connections: {}
variables: {}
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where documents are worked on.

    Attributes:
        context: Of the invocation.
        sops: The program.
        private: The private folder for decrypted text.
    """

    context: Context
    sops: "Sops"
    private: "PrivateFolder"

    @property
    def sealer(self) -> "Sealer":
        """Encrypts and decrypts."""
        from airside.secrets.writing.sealing import Sealer

        return Sealer(self.sops, keys(), self.private.path)

    def open(self, path: Path) -> tuple[bytes, str]:
        """Return the encrypted bytes and the decrypted text of `path`.

        Raises:
            UsageError: There is no such file, or the user's key cannot decrypt it.
        """
        sealed = required(path)
        return sealed, self.sealer.open(sealed, what=path.name)

    def open_or_begin(self, path: Path) -> tuple[bytes | None, str]:
        """Return the bytes and the text of `path`; of a file that is missing, None and the text to begin with.

        Raises:
            UsageError: The user's key cannot decrypt it, or no rule says for whom a new one is to be encrypted.
        """
        from airside.secrets.recipients import read_rules
        from airside.secrets.writing.saving import read

        if read(path) is not None:
            return self.open(path)
        begin_rules(self.context, path)
        read_rules(self.context.workspace.root).require(path)
        return None, EMPTY

    def rekey(self, path: Path, sealed: bytes, rules: "Rules | None" = None) -> bytes:
        """Return `sealed`, the document `path`, for those whom `rules` name, or those of the workspace, if any do."""
        from airside.secrets.recipients import read_rules

        rules = rules or read_rules(self.context.workspace.root)
        if rules.text is None or rules.index(path) is None:
            return sealed
        return self.sops.update_keys(sealed, path, rules.text.encode(), self.private.path)

    def rewrite(self, path: Path, changes: "Changes") -> bool:
        """Make `changes` in the document `path`, which is made where it is missing, and tell whether it changed.

        Raises:
            FindingsError: The document would not hold.
            LostRaceError: Somebody else changed it meanwhile.
        """
        return self.change(path, self.open_or_begin(path), changes)

    def change(self, path: Path, opened: tuple[bytes | None, str], changes: "Changes") -> bool:
        """Do what `rewrite` does, in what was `opened` before."""
        from airside.secrets.writing.saving import save
        from airside.secrets.writing.text import change

        before, text = opened
        after = self.sealer.seal(change(text, changes), path, before)
        if after == before:
            return False
        save(path, before, after)
        return True


@contextmanager
def desk(context: Context) -> Iterator[Desk]:
    """Open a private folder beside the program `sops`, for as long as a verb works on decrypted text."""
    from airside.cli.ending import ended_cleanly
    from airside.secrets.writing.private import private_folder

    sops = program(context)
    with ended_cleanly(), private_folder() as private:
        if not private.in_memory:
            context.output.progress(
                f"There is no /dev/shm here: decrypted text lies on a disk while this runs, in {private.path}",
                style="yellow",
            )
        yield Desk(context, sops, private)


def keys() -> "Keys":
    """Return the user's keys, for reading without the program `sops`."""
    from airside.secrets.reading import load_keys

    variables = environ.variables()
    # The program of Airside itself is for documents whose keys are with a KMS, Vault or PGP.
    search_path = f"{Path(sys.executable).parent}:{variables.get('PATH', '')}"
    return load_keys({**variables, "PATH": search_path})


def values(data: bytes, *, what: str) -> dict[str, Any]:
    """Return what the encrypted bytes `data` of the file `what` hold.

    Raises:
        UsageError: No key of the user fits.
        IntegrityError: They were tampered with.
        FindingsError: They have the marks of a merge conflict.
    """
    from airside.secrets.outline import refuse_conflict
    from airside.secrets.reading import open_document

    refuse_conflict(data, what=what)
    return open_document(data, keys(), what=what)


def program(context: Context) -> "Sops":
    """Return the program `sops` with the user's key, which is not made.

    Raises:
        UsageError: It is not installed, or the key file is open to others.
    """
    from airside.secrets.keys import ensure_key
    from airside.secrets.sops import Sops, find_sops

    variables = environ.variables()
    found = find_sops(Path(sys.executable).parent, variables.get("PATH"))
    key = environ.age_key_file(variables)
    if not key.exists():
        variables.pop("SOPS_AGE_KEY_FILE", None)  # sops refuses to start on a file that is not there
        return Sops(found, variables, context.workspace.root)
    return Sops(found, variables | {"SOPS_AGE_KEY_FILE": str(key.absolute())}, context.workspace.root, ensure_key(key))


def document_path(context: Context, name: str) -> Path:
    """Return where the document of the environment `name` lies, or the one of all of them, `base`.

    Raises:
        UnknownEnvironmentError: The environment is not declared.
    """
    from airside.running.current import LOCAL

    if name not in (BASE, LOCAL):
        context.workspace.settings.environment(name)
    return context.workspace.root / "secrets" / f"{bundle_name(name)}.yaml"


def environments(context: Context) -> list[str]:
    """Return the declared environments, and the one of every working tree."""
    from airside.running.current import LOCAL

    return list(dict.fromkeys((LOCAL, *context.workspace.settings.environments)))


def documents(context: Context) -> list[Path]:
    """Return the documents that there are."""
    return sorted((context.workspace.root / "secrets").glob("*.yaml"))


def counted(number: int, noun: str) -> str:
    """Return `number` with its `noun`, as "1 name" or "3 names"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def environment_of(path: Path) -> str:
    """Return the name of the environment, or `base`, whose document is `path`."""
    return path.stem.replace("--", "/")


def shown(context: Context, path: Path) -> str:
    """Return `path` as the user sees it from the workspace."""
    return path.relative_to(context.workspace.root).as_posix()


def next_step(context: Context, environment: str) -> str | None:
    """Return the commands after a change of the document of `environment`; None for the one of the working tree."""
    from airside.running.current import LOCAL

    return None if environment == LOCAL else to_apply(context, environment)


def to_apply(context: Context, environment: str) -> str:
    """Return the commands that bring the rules and the documents of an environment, or `base`, to others."""
    from airside.running.current import LOCAL
    from airside.secrets.recipients import read_rules

    rules = os.path.relpath(read_rules(context.workspace.root).path, context.workspace.root)
    commit = f"git add {rules} secrets; git commit"
    if environment == LOCAL:
        return commit
    return f"{commit}; airside secrets apply {'ENV' if environment == BASE else environment}"


def required(path: Path) -> bytes:
    """Return the bytes of `path`.

    Raises:
        UsageError: There is no such file, or it cannot be read.
    """
    from airside.secrets.writing.saving import read

    data = read(path)
    if data is None:
        raise UsageError(f"There is no file secrets/{path.name}", hint=f"airside secrets init {environment_of(path)}")
    return data


def no_secrets(environment: str) -> UsageError:
    """Return the error that neither an environment nor base has a document."""
    return UsageError(f"{environment} has no secrets", hint=f"Make its document: airside secrets init {environment}")


def own_key(context: Context) -> str:
    """Return the user's public key; the key is made where there is none."""
    from airside.secrets.keys import ensure_key

    path = environ.age_key_file(environ.variables())
    if not path.exists():
        context.output.progress(f"Making your key: {path}. Keep a copy; without it nothing can be decrypted.")
    return ensure_key(path)


def begin_rules(context: Context, path: Path) -> None:
    """Where the workspace has no `.sops.yaml` at all, make the one with which `path` can be encrypted."""
    from airside.secrets.recipients import read_rules

    rules = read_rules(context.workspace.root)
    if rules.text is None:
        save_rules(rules, rules.with_rule(path, own_key(context)))


def save_rules(before: "Rules", after: "Rules") -> bool:
    """Put `after` in place of `before`, and tell whether they differ."""
    from airside.secrets.writing.saving import save

    if after.text is None or after.text == before.text:
        return False
    save(after.path, None if before.text is None else before.text.encode(), after.text.encode())
    return True
