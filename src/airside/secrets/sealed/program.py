"""The `sops` program decrypts what needs a KMS, Vault or PGP: it calls those, with the credentials that it finds."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from airside.base.errors import IntegrityError, UsageError
from airside.secrets.sealed.metadata import TAKE_BACK

_TAMPERED = 51
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Program:
    """The program `sops`.

    Attributes:
        path: Where it is.
        environment: All variables of the child; credentials may be among them.
    """

    path: Path
    environment: Mapping[str, str] = field(repr=False)

    def decrypt(self, data: bytes, *, what: str) -> bytes:
        """Return the encrypted document `data` decrypted, as JSON. It travels through pipes only.

        Raises:
            UsageError: No key that the program finds fits, or a service does not answer.
            IntegrityError: The document was changed.
        """
        kind = "json" if data.lstrip()[:1] == b"{" else "yaml"
        command = [str(self.path), "decrypt", "--input-type", kind, "--output-type", "json", "/dev/stdin"]
        environment = {**self.environment, "SOPS_DISABLE_VERSION_CHECK": "1"}
        try:
            done = subprocess.run(
                command, input=data, env=environment, capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            done = None  # the error could carry what the program printed so far
        if done is None:
            raise UsageError(f"{self.path} does not answer, and {what} needs it: its keys are not age keys")
        if done.returncode == _TAMPERED:
            raise IntegrityError(f"{what} is not what was encrypted: its checksum does not hold", hint=TAKE_BACK)
        if done.returncode != 0:
            raise UsageError(
                f"{self.path} cannot decrypt {what} (exit code {done.returncode})",
                hint=f"It says why: sops decrypt {what}",
            )
        return done.stdout
