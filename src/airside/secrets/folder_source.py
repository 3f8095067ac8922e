"""The secrets of a working tree: read again when a file changes."""

from pathlib import Path

from airside.base.errors import UsageError
from airside.secrets.identities import Keys
from airside.secrets.layers import document_names, open_secrets
from airside.secrets.values import Secrets

Stamp = tuple[int, ...]

_TRIES = 5


class FolderSource:
    """The documents of an environment in a folder.

    Threads and forks may share it: nothing is held but the last answer, and that is replaced in one step.

    Args:
        folder: Where the documents are: ``…/secrets``.
        environment: Whose documents.
        keys: What decrypts them.
    """

    def __init__(self, folder: Path, environment: str, keys: Keys) -> None:
        self._paths = [folder / name for name in document_names(environment)]
        self._keys = keys
        self._held: tuple[tuple[Stamp, ...], Secrets] | None = None

    def read(self) -> Secrets:
        """Return the secrets as the files hold them now; empty ones where there is neither file.

        Raises:
            AirsideError: A file cannot be read or decrypted, or is broken. There is no answer then, not an old one.
        """
        stamps = self._stamps()
        if (held := self._held) is not None and held[0] == stamps:
            return held[1]
        for _ in range(_TRIES):
            layers = self._layers()
            before, stamps = stamps, self._stamps()
            if before == stamps:
                secrets = open_secrets(layers, self._keys)
                self._held = (stamps, secrets)
                return secrets
        raise UsageError(f"The documents in {self._paths[0].parent} change all the time")

    def _stamps(self) -> tuple[Stamp, ...]:
        return tuple(_stamp(path) for path in self._paths)

    def _layers(self) -> dict[str, bytes]:
        return {_shown(path): data for path in self._paths if (data := _bytes(path)) is not None}


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
