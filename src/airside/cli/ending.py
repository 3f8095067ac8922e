"""What ends a verb from outside ends it as an error does, so that it cleans up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ended_cleanly(*, well: bool = False) -> Iterator[None]:
    """Let SIGTERM and SIGHUP raise, so that private files are removed; a hang-up that `nohup` ignores stays ignored.

    Args:
        well: To be ended is how this verb ends: the exit code is 0.
    """
    numbers = [signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    former = {number: signal.signal(number, _end_well if well else _end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _end_well(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
