"""Not asking a store that is down at every turn of Airflow's loop."""

from dataclasses import dataclass

from airside.base.errors import AirsideError

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 60.0
"""Seconds. Airflow retries a failed refresh every 5 s, a forced one every second, for ever, and all its
bundles wait meanwhile (airflow/dag_processing/manager.py 3.3.2)."""


@dataclass(slots=True)
class Backoff:
    """The last failure, and until when it stands for the next answer; times are of a monotonic clock, in seconds.

    Attributes:
        first: The pause after the first failure; each further one doubles it.
        longest: The longest pause.
    """

    first: float = FIRST_PAUSE
    longest: float = LONGEST_PAUSE
    failure: AirsideError | None = None
    pause: float = 0.0
    until: float = 0.0

    def failed(self, error: AirsideError, moment: float) -> bool:
        """Remember a failure; every further one doubles the pause. Tell whether it is another one than before."""
        news = self.failure is None or self.failure.message != error.message
        self.failure = error
        self.pause = min(max(self.pause * 2, self.first), self.longest)
        self.until = moment + self.pause
        return news

    def succeeded(self) -> bool:
        """Forget the failure, and tell whether there was one."""
        news = self.failure is not None
        self.failure, self.pause, self.until = None, 0.0, 0.0
        return news

    def raise_if_pausing(self, moment: float) -> None:
        """Raise the last failure again while its pause lasts.

        Raises:
            AirsideError: The failure that `failed` was told.
        """
        failure = self.failure  # another thread may forget it meanwhile
        if failure is not None and moment < self.until:
            raise failure.with_traceback(None)  # or each time would add to the traceback, and keep what it refers to
