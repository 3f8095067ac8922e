"""Encrypted documents for tests, made by the real `sops` program for keys that are made on the spot."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

from pyrage import x25519

SOPS = Path(sys.executable).parent / "sops"


@dataclass(frozen=True)
class Identity:
    """An age key.

    Attributes:
        public: ``age1…``
        secret: ``AGE-SECRET-KEY-1…``
    """

    public: str
    secret: str = field(repr=False)

    @property
    def variables(self) -> dict[str, str]:
        """The variables with which this key decrypts, here and in the `sops` program."""
        return {"SOPS_AGE_KEY": self.secret, "SOPS_DISABLE_VERSION_CHECK": "1"}

    def write(self, path: Path) -> Path:
        """Write the key file `path`, and return it."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(f"# public key: {self.public}\n{self.secret}\n")
        path.chmod(0o600)
        return path


def make_identity() -> Identity:
    identity = x25519.Identity.generate()
    return Identity(str(identity.to_public()), str(identity))


def seal(
    text: str | bytes, *recipients: Identity, kind: str = "yaml", rule: Mapping[str, object] | None = None
) -> bytes:
    """Return `text`, a document in clear, encrypted for `recipients`.

    Args:
        text: YAML or JSON.
        recipients: Whose keys decrypt it.
        kind: ``yaml`` or ``json``.
        rule: What else a creation rule says: which values are encrypted (`encrypted_regex`, …).
    """
    keys = ",".join(identity.public for identity in recipients)
    data = text.encode() if isinstance(text, str) else text
    types = ["--input-type", kind, "--output-type", kind, "--filename-override", f"x.{kind}"]
    with NamedTemporaryFile("w", suffix=".yaml") as rules:
        json.dump({"creation_rules": [{"age": keys, **(rule or {})}]}, rules)
        rules.flush()
        return sops(["--config", rules.name, "encrypt", *types, "/dev/stdin"], data)


def seal_folder(folder: Path, documents: Mapping[str, str], *recipients: Identity) -> Path:
    """Write ``<name>.yaml`` for each of `documents` into `folder`, encrypted, and return `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents.items():
        (folder / f"{name}.yaml").write_bytes(seal(text, *recipients))
    return folder


def decrypted(data: bytes, identity: Identity, kind: str = "yaml") -> bytes:
    """Return what the real program makes of the encrypted `data`: JSON."""
    return sops(["decrypt", "--input-type", kind, "--output-type", "json", "/dev/stdin"], data, identity.variables)


def sops(arguments: Sequence[str], data: bytes = b"", variables: Mapping[str, str] | None = None) -> bytes:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "SOPS_DISABLE_VERSION_CHECK": "1",
        **(variables or {}),
    }
    done = subprocess.run([SOPS, *arguments], input=data, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
