"""What an Airflow says of itself, through Airside's plugin in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airside.base.digest import Digest
from airside.base.errors import PlatformError
from airside.running.packages import MISMATCHES, Mismatch


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """An Airflow.

    Attributes:
        airside: The version of Airside in it.
        airflow: Its version.
        lock: The lock file that its packages are of; None where it does not say.
        mismatches: What it does with a release for other packages, by the environments that it serves.
    """

    airside: str
    airflow: str
    lock: Digest | None
    mismatches: Mapping[str, Mismatch]


def parse_facts(document: Any) -> PlatformFacts:  # noqa: ANN401 - whatever JSON holds
    """Return what the plugin's document says; a later version of it may say more.

    Raises:
        PlatformError: It is not that document.
    """
    try:
        lock, environments = document["lock"], document["environments"]
        said = {str(each["name"]): each.get("mismatch", "warn") for each in environments}
        return PlatformFacts(
            airside=str(document["airside"]),
            airflow=str(document["airflow"]),
            lock=None if lock is None else Digest.parse(lock),
            mismatches={name: mismatch for name, mismatch in said.items() if mismatch in MISMATCHES},
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise PlatformError(f"Airside's plugin in Airflow says what this Airside does not read: {error}") from error
