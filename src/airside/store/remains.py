"""What killed writers leave in a store that is a folder: temporary files, which are no objects."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path


def remains(root: Path, *, before: datetime) -> Iterator[Path]:
    """Yield the temporary files below `root` that were last written before a moment. No link is followed."""
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if name.startswith(".") and name.endswith(".tmp") and _is_older(path, before):
                yield path


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        return path.lstat().st_mtime < moment.timestamp()
    except FileNotFoundError:  # its writer is done with it
        return False
