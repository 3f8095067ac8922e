"""Many workers that start at once on one machine: pods with a cache of their own each, or a host with one for all."""

import statistics
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bench.releases.hosts import Hosts
from bench.releases.stage import Stage
from bench.releases.table import OURS, S3, Cells

HEAD = ("files", "workers", "cache", "whose", "all ms", "median of one ms", "ratio of all")
CROWD = {1: 5, 4: 3, 16: 1, 64: 1}
"""Rounds by number of workers. Theirs has one."""
MOST_OF_S3 = 16
"""Above it Airflow's S3 bundle takes minutes."""
Maker = Callable[[str], Mapping[str, Any]]


def crowds(stage: Stage, hosts: Hosts) -> Iterator[Cells]:
    """Yield the cells of one line for each number of workers, cache and bundle; ours first."""
    crowd = _Crowd(stage, hosts)
    for workers, rounds in CROWD.items():
        for cache in ("own", "shared"):
            key = (f"{stage.count:,}", str(workers), cache)
            ours = crowd.median("airside", crowd.pinned, workers, cache, rounds)
            yield (*key, OURS, *_milliseconds(ours), "")
            if workers <= MOST_OF_S3:
                theirs = crowd.median("s3", stage.s3, workers, cache, 1)
                yield (*key, S3, *_milliseconds(theirs), f"{theirs[0] / ours[0]:.1f}")


class _Crowd:
    def __init__(self, stage: Stage, hosts: Hosts) -> None:
        self._stage = stage
        self._hosts = hosts

    def pinned(self, name: str) -> Mapping[str, Any]:
        """Return the arguments of our bundle."""
        return self._stage.ours(name, pinned=True)

    def median(self, kind: str, make: Maker, workers: int, cache: str, rounds: int) -> tuple[float, float]:
        """Return the medians over the rounds of the milliseconds of all workers, and of the median worker."""
        walls, medians = [], []
        for number in range(rounds):
            name = f"crowd-{self._stage.count}-{workers}-{number}-{cache}"
            names = [f"{name}-{worker}" if cache == "own" else name for worker in range(workers)]
            started = self._hosts.new[kind].start(*map(make, names))
            walls.append(started.wall)
            medians.append(statistics.median(started.each))
        return statistics.median(walls), statistics.median(medians)


def _milliseconds(taken: tuple[float, float]) -> Iterator[str]:
    return (f"{each:,.0f}" for each in taken)
