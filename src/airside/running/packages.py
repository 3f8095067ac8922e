"""Which Python packages this platform has: named by the digest of the lock file that its image or environment is of."""

import os
from typing import Final, Literal, get_args

from airside.base.digest import Digest
from airside.base.errors import UsageError

VARIABLE: Final = "AIRSIDE_LOCK"
"""Set in images, and by `airside up` for its processes."""

Mismatch = Literal["warn", "refuse", "ignore"]
"""What becomes of a release that was built for other packages than those that run."""

MISMATCHES: Final[tuple[Mismatch, ...]] = get_args(Mismatch)


def platform_lock() -> Digest | None:
    """Return the digest of the lock file whose packages run here; None where nobody says.

    Raises:
        UsageError: What is said is no digest.
    """
    # This runs in processes that Airside does not start: those of Airflow.
    text = os.environ.get(VARIABLE, "")  # noqa: TID251 - as said
    try:
        return Digest.parse(text) if text else None
    except ValueError as error:
        raise UsageError(
            f"{VARIABLE} is {text[:100]!r}, and not the digest of a lock file",
            hint="It is `sha256-` and what `sha256sum requirements.lock` prints. Unset it, and nothing is compared.",
        ) from error


def differ(needed: Digest | None, running: Digest | None) -> bool:
    """Tell whether a release needs other packages than those that run; not where either of them is not known."""
    return needed is not None and running is not None and needed != running
