"""The user's age key: it decrypts the secrets, and lies in the user's own configuration, never in a workspace."""

import os
import stat
from pathlib import Path

from pyrage import IdentityError, x25519

from airside.base.errors import UsageError

_SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - the mark of such a line, not a secret


def key_file(configuration: Path) -> Path:
    """Return where the key lies in the user's folder for configuration, `XDG_CONFIG_HOME` or `~/.config`."""
    return configuration / "airside" / "age" / "keys.txt"


def ensure_key(path: Path) -> str:
    """Return the public key (``age1…``) of the first key in the file `path`, which is made where it is missing.

    Raises:
        UsageError: The file cannot be written or read, holds no key, or is open to other users.
    """
    try:
        return _public_key(path) if path.exists() else _make(path)
    except OSError as error:
        raise UsageError(f"The key file {path} cannot be used: {error.strerror}") from error


def _make(path: Path) -> str:
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Exclusive: of two that run at the same time, one key must not replace the other.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"# public key: {public}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())
    return public


def _public_key(path: Path) -> str:
    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(f"The key file {path} is open to other users", hint=f"chmod 600 {path}")
    lines = path.read_bytes().decode(errors="replace").splitlines()
    secret = next((line.strip() for line in lines if line.startswith(_SECRET)), None)
    try:
        if secret is not None:
            return str(x25519.Identity.from_str(secret).to_public())
    except IdentityError:
        pass  # its message could show the line
    raise UsageError(
        f"The key file {path} holds no age key that can be read",
        hint="Bring it back from a copy; a new key cannot decrypt what the old one could.",
    )
