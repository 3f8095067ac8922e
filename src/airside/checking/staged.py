"""The files of a release that does not exist yet, on disk for as long as they are looked at."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from airside.base.errors import AirsideError
from airside.release.source import SourceFile


@contextmanager
def staged(files: Sequence[SourceFile]) -> Iterator[Path]:
    """Write `files` to a private temporary folder, and remove it at the end.

    The files are validated: no path leads out of the folder.

    Raises:
        AirsideError: The temporary folder cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="airside-check-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        try:
            for file in files:
                _write(folder / file.path, file)
        except OSError as error:
            raise AirsideError(
                f"Cannot write to the temporary folder {folder}: {error.strerror}",
                hint="Make room there, or name another folder in TMPDIR.",
            ) from error
        yield folder


def _write(path: Path, file: SourceFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    path.chmod(0o755 if file.executable else 0o644)
