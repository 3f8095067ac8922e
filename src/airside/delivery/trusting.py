"""Whether what an environment points to was signed by those who may: asked of every pointer before it is followed.

The verification is imported when a trust file is read for the first time: each task of Airflow is a new process,
and pinned ones, which verify content alone, do not wait for what they do not use.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from airside.base.errors import IntegrityError, UntrustedError
from airside.base.names import told
from airside.delivery.countersignatures import read_signature
from airside.delivery.environments import read_record
from airside.delivery.kinds import misplaced, moved_there
from airside.release.pointer import SealedPointer
from airside.store.port import Store

if TYPE_CHECKING:
    from airside.signing.trust import Trust

Stamp = tuple[int, int, int]


class Guard:
    """The demands of one environment, read again when their file changes.

    Args:
        path: The trust file; None demands nothing.
        environment: Which environment.
    """

    def __init__(self, path: Path | None, environment: str) -> None:
        self._path = path
        self._environment = environment
        self._stamp: Stamp | None = None
        self._trust: Trust | None = None

    @property
    def demands(self) -> bool:
        """Whether signatures are demanded."""
        return self._path is not None

    @property
    def fingerprint(self) -> str:
        """A digest of the demands and keys that hold now; empty where there are none."""
        return self._trust.fingerprint(self._environment) if self._trust else ""

    def has_changed(self) -> bool:
        """Read the trust file if it is another one than before, and tell whether other demands hold now.

        Raises:
            UsageError: It cannot be read, or is not valid. Nothing new is followed until it is.
        """
        if self._path is None:
            return False
        if self._trust is not None and _stamp(self._path) == self._stamp:
            return False
        from airside.signing.trust import load_trust  # noqa: PLC0415 - see the top of the module

        before = self.fingerprint
        stamp, self._trust = _stamp(self._path), None
        self._trust = load_trust(self._path)
        self._stamp = stamp
        return self.fingerprint != before

    def require_trusted(self, store: Store, sealed: SealedPointer) -> None:
        """Return when `sealed` and the release that it names are signed as demanded; reads the record for that.

        Raises:
            UntrustedError: They are not.
            IntegrityError: The one is of secrets and the other of workflows.
            StoreUnavailableError: The store does not answer.
        """
        if self._path is None:
            return
        if self._trust is None:
            raise UntrustedError(f"Nothing is known about who may release to {told(self._environment)}")
        from airside.signing.trust import require_trusted  # noqa: PLC0415 - see the top of the module

        release = sealed.pointer.release
        record = read_record(store, release)
        require_trusted(self._trust, sealed, record, lambda keyid: read_signature(store, release, keyid))
        if fault := misplaced(record, self._environment):
            # Somebody who may move both made it: the names in the signed pointers do not tell.
            raise IntegrityError(fault, hint=moved_there(self._environment))


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None  # load_trust says what is wrong
    return status.st_mtime_ns, status.st_size, status.st_ino
