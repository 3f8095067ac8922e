"""The real `sops` program: everything that writes a document goes through it, so that `sops` can always read it.

Bytes in, bytes out: it works on a private copy, and whoever calls it puts the result in place. Decrypted text
reaches it through a pipe or a file of a private folder, never through arguments or variables.
"""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from airside.base.errors import AirsideError, FindingsError, IntegrityError, UsageError

_UNCHANGED = 200
_NO_KEY = 128
_TAMPERED = 51
_NOT_DECRYPTED = 25
"""Exit codes of sops 3.11 (cmd/sops/codes)."""

_OF_KEYS = ("could not generate data key", "could not retrieve data key", "error loading config", "config file")
"""How messages of sops 3.11 begin that are about keys and `.sops.yaml`, in lower case."""

_YAML = ("--input-type", "yaml", "--output-type", "yaml")
CONFIGURATION = ".sops.yaml"


@dataclass(frozen=True, slots=True)
class Sops:
    """The program and the key it decrypts with.

    Attributes:
        program: Its path.
        variables: All environment variables of the child, its key file (`SOPS_AGE_KEY_FILE`) among them.
        workspace: Where it runs: from here upwards it looks for `.sops.yaml`.
        public_key: Of the user, for messages; None where there is none.
    """

    program: Path
    variables: Mapping[str, str]
    workspace: Path
    public_key: str | None = None

    def decrypt(self, sealed: bytes, *, what: str) -> bytes:
        """Return the text of the encrypted bytes `sealed` of the file `what`, its comments included.

        Raises:
            UsageError: The user's key cannot decrypt it.
            IntegrityError: It was tampered with.
            FindingsError: It is not encrypted.
        """
        return self._run(["decrypt", *_YAML, "/dev/stdin"], what=what, stdin=sealed)

    def encrypt(self, text: bytes, path: Path) -> bytes:
        """Return `text` encrypted as the new file `path`, for those whom `.sops.yaml` names.

        Raises:
            UsageError: No rule of `.sops.yaml` is for it.
        """
        arguments = ["encrypt", *_YAML, "--filename-override", str(path), "/dev/stdin"]
        return self._run(arguments, what=path.name, stdin=text)

    def edit(self, sealed: bytes, text: bytes, folder: Path, *, what: str) -> bytes:
        """Return `sealed` with the decrypted `text` in place of its own. Values that stay keep their ciphertext.

        Args:
            sealed: The encrypted document.
            text: What it is to say.
            folder: A private folder for the two files that hold the text meanwhile.
            what: The name of the document, for messages.
        """
        copy, prepared = folder / f"sealed-{what}", folder / f"prepared-{what}"
        _write(copy, sealed)
        _write(prepared, text)
        # A program that moves the file fails when it is called again, so sops cannot ask for a better text for ever.
        mover = f"{shutil.which('mv') or '/bin/mv'} -f '{prepared}'"
        more = {"SOPS_EDITOR": mover, "EDITOR": mover, "TMPDIR": str(folder)}
        try:
            self._run(["edit", *_YAML, str(copy)], what=what, more=more)
            return copy.read_bytes()
        finally:
            copy.unlink(missing_ok=True)
            prepared.unlink(missing_ok=True)

    def rotate(self, sealed: bytes, folder: Path, *, what: str) -> bytes:
        """Return `sealed` with a new data key, and so every value with a new ciphertext."""
        copy = folder / f"sealed-{what}"
        _write(copy, sealed)
        try:
            return self._run(["rotate", *_YAML, str(copy)], what=what)
        finally:
            copy.unlink(missing_ok=True)

    def update_keys(self, sealed: bytes, path: Path, rules: bytes, folder: Path) -> bytes:
        """Return `sealed`, the file `path`, encrypted for those whom the text `rules` of a `.sops.yaml` names.

        Its data key stays. The rules are looked up for the path of the file relative to the folder of `.sops.yaml`, so
        a private copy of both is laid out alike.
        """
        configuration = find_configuration(self.workspace)
        top = configuration.parent if configuration else self.workspace
        copy = folder / "keys" / path.relative_to(top)
        copy.parent.mkdir(parents=True, exist_ok=True)
        rules_copy = folder / "keys" / CONFIGURATION
        _write(rules_copy, rules)
        _write(copy, sealed)
        try:
            self._run(["--config", str(rules_copy), "updatekeys", "--yes", *_YAML[:2], str(copy)], what=path.name)
            return copy.read_bytes()
        finally:
            shutil.rmtree(folder / "keys", ignore_errors=True)

    def _run(
        self, arguments: Sequence[str], *, what: str, stdin: bytes = b"", more: Mapping[str, str] | None = None
    ) -> bytes:
        done = subprocess.run(
            [str(self.program), *arguments],
            cwd=self.workspace,
            env={**self.variables, **(more or {}), "SOPS_DISABLE_VERSION_CHECK": "1"},
            input=stdin,
            capture_output=True,
            check=False,
        )
        if done.returncode not in (0, _UNCHANGED):
            raise self._failed(what, done.returncode, done.stderr.decode(errors="replace"), stdin)
        return done.stdout

    def _failed(self, what: str, code: int, said: str, given: bytes) -> AirsideError:
        if said.startswith("error loading config"):
            return UsageError(f"sops cannot read {CONFIGURATION}", hint="Correct it, or take it back from git.")
        if broken := _broken(what, code, said, given):
            return broken
        name = what.removesuffix(".yaml").replace("--", "/")
        if code == _NO_KEY:
            whose = "Your key cannot" if self.public_key else "There is no key here to"
            return UsageError(f"{whose} decrypt {what}", hint=_access(self.public_key, name))
        if "no matching creation rules" in said:
            return UsageError(
                f"No rule of {CONFIGURATION} is for {what}",
                hint=f"Add one: airside secrets init {name}",
            )
        return UsageError(f"sops failed on {what}: {_reason(said, code)}")


def _broken(what: str, code: int, said: str, given: bytes) -> AirsideError | None:
    if code == _TAMPERED or "message authentication failed" in said:
        return IntegrityError(
            f"{what} was changed without its key: its checksum does not hold",
            hint="Take it back from git, and edit it with `airside secrets edit`.",
        )
    if code == _NOT_DECRYPTED:
        return IntegrityError(
            f"{what} holds a value that is in clear, or was changed without its key",
            hint=f"Which one: airside secrets check {what.removesuffix('.yaml').replace('--', '/')}",
        )
    if "sops metadata not found" in said and b"ENC[" in given:
        return IntegrityError(f"{what} is cut off: its section sops is missing", hint="Take it back from git.")
    if "sops metadata not found" in said:
        return FindingsError(
            f"{what} is not encrypted",
            hint="Take it back from git; what it holds in clear: airside secrets import ENV FILE",
        )
    if "unmarshal" in said:
        return FindingsError(f"{what} is not valid YAML", hint="Take it back from git.")
    return None


def _reason(said: str, code: int) -> str:
    # What it says of a value may quote it (`Input string … does not match`); what it says of keys and rules does not.
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    harmless = [line for line in lines if line.lower().startswith(_OF_KEYS)]
    return harmless[-1] if harmless else f"exit code {code}"


def _access(public_key: str | None, environment: str) -> str:
    if public_key is None:
        return "Make a key: airside secrets init. Then somebody who has access adds it."
    return f"Somebody who can adds yours: airside secrets recipients add {environment} {public_key}"


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)


def find_configuration(folder: Path) -> Path | None:
    """Return the `.sops.yaml` that sops uses in `folder`: there or above it; None where there is none."""
    return next((path for above in (folder, *folder.parents) if (path := above / CONFIGURATION).is_file()), None)


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
