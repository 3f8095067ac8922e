"""What the disk says, in words for people."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from airside.base.errors import PlatformError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def disk_errors(root: Path) -> Iterator[None]:
    """Turn what goes wrong with the disk of `root` into an error that a person can act on.

    Raises:
        PlatformError: It is full, or cannot be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise PlatformError(
                f"No space is left on the disk of {root}",
                hint="Make room there. What was served before is served still.",
            ) from error
        raise PlatformError(
            f"Cannot write below {root}: {error.strerror or error}", hint="Look at its owner and mode."
        ) from error
