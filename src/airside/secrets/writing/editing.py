"""The user's editor on a decrypted text: again and again until the text holds, or the user gives up."""

import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from airside.base.errors import FindingsError, UsageError

_MARK = "#!airside: "
_PATIENCE = 2.0
_EXAMPLE = """\
When you save and close, this file is encrypted; names stay readable. These lines are left out.
Put dates, and numbers that begin with 0, in quotes. An example:
connections:
    warehouse:
        conn_type: postgres
        host: db.example.com
        login: sales
        password: change-me
        extra:
            sslmode: require
variables:
    region: emea
"""


@dataclass(frozen=True, slots=True)
class Editor:
    """How the user edits a text.

    Attributes:
        command: As in `EDITOR`: a shell splits it.
        variables: All environment variables of the child.
        folder: A private folder for the text, and for what the editor keeps beside it.
        ask_again: Asks whether to open the editor again, when the text does not hold; None where nobody can be asked.
    """

    command: str
    variables: Mapping[str, str]
    folder: Path
    ask_again: Callable[[FindingsError], bool] | None

    def edit(self, text: str, name: str, accept: Callable[[str], bytes]) -> bytes | None:
        """Open the editor on `text`, and return what `accept` makes of what was saved; None if it is as it was.

        Args:
            text: What to begin with.
            name: The name of the file that the editor sees.
            accept: Raises FindingsError for a text that does not hold.

        Raises:
            UsageError: The editor cannot be started, or failed.
            FindingsError: The text does not hold, and nobody can be asked or the user gave up. It is discarded.
        """
        shown = f"{_marked(_EXAMPLE)}{text}"
        while True:
            saved = self._open(shown, name)
            if saved == text:
                return None
            try:
                return accept(saved)
            except FindingsError as error:
                if self.ask_again is None or not self.ask_again(error):
                    raise FindingsError(
                        error.message, hint="Nothing was changed, and what you typed was discarded."
                    ) from None
                shown = f"{_marked(error.message)}{saved}"

    def _open(self, text: str, name: str) -> str:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        try:
            self._run(path)
            lines = path.read_text().splitlines(keepends=True)
        except (OSError, UnicodeDecodeError):
            raise UsageError(f"What {self.command!r} saved cannot be read as UTF-8 text", hint="Nothing was changed.")  # noqa: B904 - its message may show the text
        return "".join(line for line in lines if not line.startswith(_MARK))

    def _run(self, path: Path) -> None:
        # As git starts it: EDITOR may hold options and quotes, and the path is an argument of its own.
        command = ["/bin/sh", "-c", f'{self.command} "$@"', self.command, str(path)]
        environment = {**self.variables, "TMPDIR": str(self.folder)}
        with subprocess.Popen(command, env=environment) as child:
            code = _wait(child)
        if code != 0:
            is_missing = code == 127  # noqa: PLR2004 - as every shell says
            why = "is not there" if is_missing else f"ended with code {code}"
            hint = "Set VISUAL or EDITOR to one that is." if is_missing else "What it saved was discarded."
            raise UsageError(f"The editor {self.command!r} {why}; nothing was changed", hint=hint)


def _marked(text: str) -> str:
    return "".join(f"{_MARK}{line}\n" for line in text.splitlines())


def _wait(child: "subprocess.Popen[bytes]") -> int:
    """Wait for the editor. If something ends this process, it ends the editor first, so that it saves nothing more."""
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # Ctrl-C goes to the editor too, and there it is a command
        except BaseException:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(_PATIENCE)
            child.kill()
            raise
