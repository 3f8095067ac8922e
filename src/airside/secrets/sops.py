"""The real `sops` program: it encrypts and decrypts, and opens the user's editor on the decrypted text."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from airside.base.errors import FindingsError, UsageError
from airside.base.files import write_atomically
from airside.secrets.document import EXAMPLE, SecretDocument, parse_document

_UNCHANGED = 200
_NO_KEY = 128
_TAMPERED = 51
"""Exit codes of sops 3.11 (cmd/sops/codes)."""


@dataclass(frozen=True, slots=True)
class Sops:
    """The program and the key it decrypts with.

    Attributes:
        program: Its path.
        environment: All variables of the child, its key file (`SOPS_AGE_KEY_FILE`) and `EDITOR` among them.
        public_key: Of the user; a document is encrypted for it, unless the workspace has a `.sops.yaml`.
    """

    program: Path
    environment: Mapping[str, str]
    public_key: str

    def read(self, path: Path) -> SecretDocument:
        """Return what the encrypted file `path` holds; the decrypted text is never on disk.

        Raises:
            UsageError: There is no such file, or the user's key cannot decrypt it.
            FindingsError: It was tampered with, or does not have the shape of a document.
        """
        if not path.is_file():
            raise UsageError(f"There is no file {path}", hint="Make it: airside secrets edit ENV")
        return parse_document(self._run(path, ["decrypt", *_YAML, str(path)]), what=path.name)

    def create(self, path: Path) -> None:
        """Write an encrypted example to `path`, which is missing.

        Raises:
            UsageError: It cannot be written, or no rule of `.sops.yaml` is for it.
        """
        # A `.sops.yaml` says for whom a team encrypts; sops looks for it from the current folder upwards.
        workspace = path.parent.parent
        recipients = [] if (workspace / ".sops.yaml").exists() else ["--age", self.public_key]
        arguments = ["encrypt", *_YAML, "--filename-override", str(path), *recipients, "/dev/stdin"]
        data = self._run(path, arguments, stdin=EXAMPLE, folder=workspace)
        try:
            path.parent.mkdir(exist_ok=True)
            write_atomically(path, data)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error

    def edit(self, path: Path) -> bool:
        """Open the editor on the decrypted text of `path`, encrypt what was saved, and tell whether it changed.

        Raises:
            UsageError: The user's key cannot decrypt it, or the editor failed.
            FindingsError: It was tampered with.
        """
        command = [str(self.program), "edit", *_YAML, str(path)]
        # The editor has the terminal, so nothing is captured.
        code = subprocess.run(command, env=self.environment, check=False).returncode
        if code not in (0, _UNCHANGED):
            raise self._failed(path, code, "the editor or sops said why above")
        return code == 0

    def _run(self, path: Path, arguments: Sequence[str], *, stdin: bytes = b"", folder: Path | None = None) -> bytes:
        command = [str(self.program), *arguments]
        done = subprocess.run(command, cwd=folder, env=self.environment, input=stdin, capture_output=True, check=False)
        if done.returncode != 0:
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            raise self._failed(path, done.returncode, lines[-1] if lines else f"exit code {done.returncode}")
        return done.stdout

    def _failed(self, path: Path, code: int, said: str) -> FindingsError | UsageError:
        if code == _TAMPERED:
            return FindingsError(
                f"{path} was changed without its key: its checksum does not hold",
                hint="Take it back from git, and edit it with `airside secrets edit`.",
            )
        if code == _NO_KEY:
            return UsageError(
                f"Your key cannot decrypt {path}",
                hint=f"Somebody who can adds yours to .sops.yaml, and runs sops updatekeys: {self.public_key}",
            )
        return UsageError(f"sops failed on {path}: {said}")


_YAML = ("--input-type", "yaml", "--output-type", "yaml")


def find_sops(own: Path, search_path: str | None) -> Path:
    """Return the program `sops` of the folder `own`, the one of Airside itself, or else of `search_path`.

    Raises:
        UsageError: There is none.
    """
    found = shutil.which("sops", path=str(own)) or shutil.which("sops", path=search_path)
    if found is None:
        raise UsageError(
            "The program sops is not installed", hint="Install it with Airside: uv tool install 'airside[sops]'"
        )
    return Path(found)
