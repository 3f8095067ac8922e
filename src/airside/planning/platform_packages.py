"""Whether the Airflow of an environment has what a release was built for, as values."""

from dataclasses import dataclass

from airside.base.digest import Digest
from airside.planning.changes import FieldChange
from airside.release.record import Requirements
from airside.running.packages import Mismatch, differ


@dataclass(frozen=True, slots=True)
class PlatformPackages:
    """What the Airflow of an environment says of itself.

    Attributes:
        airflow: Its version.
        lock: The lock file that its packages are of; None where it does not say.
        mismatch: What it does with a release that was built for other packages.
    """

    airflow: str
    lock: Digest | None
    mismatch: Mismatch = "warn"

    def misfits(self, needed: Requirements) -> bool:
        """Tell whether a release with these requirements is of other packages, and whether that matters here."""
        return self.mismatch != "ignore" and differ(needed.lock, self.lock)

    def refuses(self, needed: Requirements) -> bool:
        """Tell whether a release with these requirements is not served."""
        return self.mismatch == "refuse" and self.misfits(needed)

    def has(self, change: FieldChange) -> bool:
        """Tell whether what a release newly needs, its `airflow` or its `lock`, is there already."""
        return change.after == {"airflow": self.airflow, "lock": self.lock}.get(change.name)
