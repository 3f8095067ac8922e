"""Printing the steps of a start."""

import time

from airside.cli.output import Output
from airside.platform.steps import Step


class Reporter:
    """Prints each step with the seconds since the first one could have come."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._started = time.monotonic()

    def __call__(self, step: Step) -> None:
        """Print a step."""
        seconds = time.monotonic() - self._started
        self._output.progress(f"{seconds:5.1f} s  {step.text}", style="yellow" if step.warning else None)
