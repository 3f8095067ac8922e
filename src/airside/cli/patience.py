"""Asking an Airflow that may not answer."""

from collections.abc import Callable
from typing import TypeVar

from airside.base.errors import PlatformError

T = TypeVar("T")


def within(seconds: float, ask: Callable[[], T]) -> T:
    """Return the answer of an Airflow, which may hang, or answer each of many questions only just in time.

    Raises:
        PlatformError: It answers with an error, or not within `seconds`.
    """
    from concurrent.futures import Future
    from threading import Thread

    answer: Future[T] = Future()

    def wait() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - whoever waits for the answer raises it
            answer.set_exception(error)

    # A daemon: whatever it still waits for does not hold up the end of the process.
    Thread(target=wait, name="airside-live", daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError as error:
        raise PlatformError(f"Airflow does not answer within {seconds:.0f} s") from error
