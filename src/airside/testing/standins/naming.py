"""Where the files of a stand-in lie."""

import re
from pathlib import Path

from airside.testing.standins.port import Surroundings


def folder_of(given: str | None, surroundings: Surroundings) -> Path:
    """Return what the paths of a stand-in are relative to."""
    return Path(given) if given is not None else surroundings.folder


def free_path(scratch: Path, name: str, ending: str = "") -> Path:
    """Return a path in `scratch` where nothing is, called like the connection id `name`."""
    plain = re.sub(r"[^\w-]", "_", name) or "connection"
    number, path = 1, scratch / f"{plain}{ending}"
    while path.exists():
        number += 1
        path = scratch / f"{plain}_{number}{ending}"
    return path
