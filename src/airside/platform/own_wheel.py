"""A wheel of the very Airside that runs now, for machines that cannot get it from an index."""

import json
import os
import shutil
import tempfile
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from airside.base.errors import UsageError
from airside.platform.uv import run_uv

_EPOCH = 1_577_836_800
"""2020: the time of every file, so that a layer of an image follows from its content alone."""


def put_own_wheel(folder: Path) -> Path:
    """Put the wheel into `folder` and return it. The same Airside gives the same bytes.

    Raises:
        UsageError: What runs now is neither of a folder nor of a wheel (PEP 610), or cannot be built.
    """
    folder.mkdir(parents=True, exist_ok=True)
    origin = json.loads(metadata.distribution("airside").read_text("direct_url.json") or "{}")
    source = Path(unquote(urlsplit(origin.get("url", "")).path))
    if "dir_info" in origin:
        with tempfile.TemporaryDirectory(prefix="airside-wheel-") as out:
            run_uv(["build", "--quiet", "--wheel", "--out-dir", out, str(source)], cwd=Path(out))
            made = shutil.copy(next(Path(out).glob("*.whl")), folder)
    elif source.suffix == ".whl" and source.is_file():
        made = shutil.copy(source, folder)
    else:
        raise UsageError(
            f"There is no wheel of this Airside to be had: it came from {origin.get('url', 'nowhere known')}",
            hint="Install a published Airside, or one from a folder or a wheel on this machine.",
        )
    os.utime(made, (_EPOCH, _EPOCH))
    return Path(made)
