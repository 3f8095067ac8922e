"""How long to wait after a failure: twice as long each time, up to a limit, and never in step with others."""

import random
from dataclasses import dataclass

LONGEST_PAUSE = 60.0
_JITTER = 0.3


@dataclass(slots=True)
class Pauses:
    """The failures in a row of one thing.

    Attributes:
        first: Seconds to wait after the first one.
        failures: How many there were.
    """

    first: float
    failures: int = 0

    def failed(self) -> float:
        """Count a failure and return the seconds to wait."""
        self.failures += 1
        pause = min(self.first * 2.0 ** min(self.failures - 1, 16), max(LONGEST_PAUSE, self.first))
        # A hundred agents that lost the store at one moment must not all come back at one moment.
        return pause * random.uniform(1 - _JITTER, 1)  # noqa: S311 - nobody gains by guessing it

    def succeeded(self) -> int:
        """Forget the failures and return how many there were."""
        failures, self.failures = self.failures, 0
        return failures
