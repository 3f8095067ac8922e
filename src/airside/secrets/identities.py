"""The age keys of this process: what decrypts the secrets, found in the places that `sops` looks at, and in our own."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyrage import IdentityError, ssh, x25519

from airside.base.errors import UsageError
from airside.secrets.keys import key_file as own_key_file
from airside.secrets.sealed.program import Program

_MARK = "AGE-SECRET-KEY-1"
_COMMAND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Keys:
    """What this process decrypts with; its `repr` shows public keys only.

    Attributes:
        public: The public keys (``age1…``) of the identities.
        identities: The age keys.
        ssh: Files of SSH keys, read when a document is encrypted for one.
        program: The `sops` program, for documents whose keys are with a KMS, Vault or PGP; None where there is none.
    """

    public: tuple[str, ...] = ()
    identities: tuple[Any, ...] = field(default=(), repr=False)
    ssh: tuple[Path, ...] = ()
    program: Program | None = None

    def holds(self, recipient: str) -> bool:
        """Tell whether an identity is that of the public key `recipient`, or may be."""
        return bool(self.for_recipient(recipient))

    def for_recipient(self, recipient: str) -> tuple[Any, ...]:
        """Return the identities that may be those of the public key `recipient`."""
        if recipient.startswith("ssh-"):
            return tuple(identity for path in self.ssh if (identity := _of_ssh(path)) is not None)
        if recipient in self.public:
            return (self.identities[self.public.index(recipient)],)
        return ()


def load_keys(variables: Mapping[str, str], key_file: Path | None = None) -> Keys:
    """Return the keys of all places that `sops` looks at, and of Airside's own.

    In this order: the variables `SOPS_AGE_KEY`, `SOPS_AGE_KEY_FILE` and `SOPS_AGE_KEY_CMD`, `key_file`,
    ``airside/age/keys.txt`` and ``sops/age/keys.txt`` in the user's folder for configuration; for documents encrypted
    for SSH keys `SOPS_AGE_SSH_PRIVATE_KEY_FILE` and those in ``~/.ssh``. The `sops` program is looked for on `PATH`.

    Args:
        variables: The environment of the process.
        key_file: Of the configuration.

    Raises:
        UsageError: A place that was named holds no key that can be read, or the command fails.
    """
    texts = [*_named(variables, key_file), *_usual(variables)]
    found: dict[str, Any] = {}
    for text, place in texts:
        for identity in _identities(text, place):
            found.setdefault(str(identity.to_public()), identity)
    program = shutil.which("sops", path=variables["PATH"]) if variables.get("PATH") else None
    return Keys(
        public=tuple(found),
        identities=tuple(found.values()),
        ssh=tuple(_ssh_files(variables)),
        program=Program(Path(program), dict(variables)) if program else None,
    )


def _named(variables: Mapping[str, str], key_file: Path | None) -> Iterable[tuple[str, str]]:
    if text := variables.get("SOPS_AGE_KEY"):
        yield text, "the variable SOPS_AGE_KEY"
    if named := variables.get("SOPS_AGE_KEY_FILE"):
        yield _read(Path(named)), f"the key file {named}"
    if command := variables.get("SOPS_AGE_KEY_CMD"):
        yield _said(command, variables), "what SOPS_AGE_KEY_CMD prints"
    if key_file is not None:
        yield _read(key_file), f"the key file {key_file}"


def _usual(variables: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for path in _usual_files(variables):
        # Not `path.is_file()`, which raises where the home is another account's, as in many containers.
        if os.path.isfile(path):  # noqa: PTH113
            yield _read(path), f"the key file {path}"


def _usual_files(variables: Mapping[str, str]) -> Iterable[Path]:
    home, named = variables.get("HOME"), variables.get("XDG_CONFIG_HOME")
    if named or home:
        configuration = Path(named) if named else Path(home or "") / ".config"
        yield own_key_file(configuration)
        yield configuration / "sops" / "age" / "keys.txt"
    if home and not named and sys.platform == "darwin":  # os.UserConfigDir of Go, with which sops finds its own
        yield Path(home) / "Library" / "Application Support" / "sops" / "age" / "keys.txt"


def _ssh_files(variables: Mapping[str, str]) -> Iterable[Path]:
    if named := variables.get("SOPS_AGE_SSH_PRIVATE_KEY_FILE"):
        yield Path(named)
    if home := variables.get("HOME"):
        yield from (Path(home) / ".ssh" / name for name in ("id_ed25519", "id_rsa"))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")  # what is no text is no key, and is told as such
    except OSError as error:
        raise UsageError(f"The key file {path} cannot be read: {error.strerror}") from error


def _said(command: str, variables: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            shlex.split(command), env=dict(variables), capture_output=True, timeout=_COMMAND_SECONDS, check=True
        )
        return done.stdout.decode(errors="replace")
    except (OSError, ValueError, subprocess.SubprocessError):
        pass  # what such an error says could show what was printed
    raise UsageError("The command of SOPS_AGE_KEY_CMD fails, so there is no key of it", hint="Run it by itself.")


def _identities(text: str, place: str) -> list[Any]:
    try:
        return [x25519.Identity.from_str(word) for word in _words(text)]
    except IdentityError:
        pass  # its message could show the line
    raise UsageError(f"{place[0].upper()}{place[1:]} holds an age key that cannot be read")


def _words(text: str) -> Iterable[str]:
    """Yield the secret keys; other kinds (plugins, hybrid ones) are for the `sops` program."""
    for line in text.splitlines():
        if not line.startswith("#"):
            yield from (word for word in line.split() if word.startswith(_MARK))


def _of_ssh(path: Path) -> object | None:
    try:
        identity: object = ssh.Identity.from_buffer(path.read_bytes())
    except (OSError, IdentityError, ValueError):
        return None  # not there, of another kind, or protected by a passphrase, which nobody could be asked for
    return identity
