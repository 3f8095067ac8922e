"""Running uv, which builds Python environments."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import uv

from airside.base.children import inherited
from airside.base.errors import UsageError


def run_uv(arguments: Sequence[str], *, cwd: Path, stdin: str = "") -> None:
    """Run uv with these arguments.

    Raises:
        UsageError: It failed; what it said is in the message: it explains conflicts and a missing network well.
    """
    done = subprocess.run(
        [uv.find_uv_bin(), *arguments],
        cwd=cwd,
        env=inherited(NO_COLOR="1"),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise UsageError(
            f"uv {' '.join(arguments[:2])} failed for {cwd}:\n{said}",
            hint="Correct requirements.txt or [airflow] in airside.toml; without a network only cached packages work.",
        )
