"""Many requests at once: a store answers one in 20 ms, and a thousand of them in a second."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Final, TypeVar

REQUESTS: Final = 32
"""Requests at once, for small objects."""

LARGE_REQUESTS: Final = 6
"""Requests at once, for manifests and packs: so many of them are in memory."""

A = TypeVar("A")
B = TypeVar("B")


def in_parallel(function: Callable[[A], B], items: Iterable[A], *, at_once: int = REQUESTS) -> Iterator[B]:
    """Yield `function` of each of `items`, in their order.

    No more than `at_once` calls run, and as many answers wait, whatever the number of items. After an error no
    further call begins.
    """
    remaining = iter(items)
    with ThreadPoolExecutor(max_workers=at_once) as threads:
        waiting = [threads.submit(function, item) for item in islice(remaining, at_once)]
        try:
            while waiting:
                yield waiting.pop(0).result()
                waiting += _more(threads, function, remaining)
        finally:
            for future in waiting:
                future.cancel()


def _more(threads: ThreadPoolExecutor, function: Callable[[A], B], remaining: Iterator[A]) -> list[Future[B]]:
    return [threads.submit(function, item) for item in islice(remaining, 1)]
