"""What is done to the bundles of one stage, round by round, everybody in turn."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.releases.counting import Proxy, Traffic
from bench.releases.hosts import Hosts
from bench.releases.stage import RELEASES, Stage
from bench.releases.table import (
    AGED_GIT,
    CHANGE,
    COLD,
    FIRST,
    FLOOR,
    GIT,
    ONE_FILE,
    OURS,
    PINNED_GIT,
    POLL,
    S3,
    TRACKING,
    WARM,
    WORKS,
    Row,
)
from bench.releases.traffic import traffic

BETWEEN_DEPLOYS = 2.0
"""Seconds, for everybody. Nobody deploys more often; a bundle may use the time for what it does in the background."""


@dataclass(frozen=True)
class Rounds:
    """How often: `quick` for what takes milliseconds, `slow` for Airflow's S3 bundle with an empty cache."""

    usual: int
    quick: int
    slow: int


@dataclass(frozen=True)
class Subject:
    """Who is measured, in a worker of which kind, made with what."""

    who: str
    kind: str
    arguments: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The folder in the cache of its kind."""
        return str(self.arguments["name"])


@dataclass
class Figures:
    """What was measured."""

    ms: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    mib: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    traffic: dict[tuple[str, str], Traffic] = field(default_factory=dict)

    def add(self, work: str, who: str, ms: float, mib: float) -> None:
        """Note one round."""
        self.ms[work, who].append(ms)
        self.mib[work, who].append(mib)

    def rows(self) -> list[Row]:
        """Return the rows, those of one work together."""
        ordered = sorted(self.ms, key=lambda key: WORKS.index(key[0]))
        return [Row(*key, self.ms[key], self.mib[key], self.traffic.get(key)) for key in ordered]


@dataclass(frozen=True)
class Cases:
    """Measures one stage."""

    stage: Stage
    hosts: Hosts
    proxy: Proxy
    rounds: Rounds
    figures: Figures = field(default_factory=Figures)

    def run(self) -> list[Row]:
        """Measure everything and return the rows."""
        # Nothing is removed before the end: for five minutes ext4 does not give out freed inodes again, and each
        # new file waits for the search (fs/ext4/ialloc.c, recently_deleted).
        for number in range(self.rounds.usual):
            self._start_all(number)
        self._polls()
        for number in range(self.rounds.usual):
            self._change(number)
        for number in range(self.rounds.usual):
            self._publish(FIRST, f"first-{number}")
        # Once more would take as long as everything else together.
        left_out = {(COLD, S3)} if self.rounds.slow < self.rounds.usual else set()
        counted = traffic(self.stage, self.hosts, self.proxy, number=self.rounds.usual, left_out=left_out)
        self.figures.traffic.update(counted)
        return self.figures.rows()

    def _start_all(self, number: int) -> None:
        """Start everybody with an empty cache, and then again with what that left on disk."""
        for subject in self._subjects(number):
            if subject.who == S3 and number >= self.rounds.slow:
                continue
            self._new(COLD, subject)
            if subject.who in {OURS, S3, PINNED_GIT}:
                self._new(WARM, subject)

    def _polls(self) -> None:
        """Hold a bundle of each kind, and refresh it while nothing changes."""
        for subject in self._tracking():
            held = self.hosts.held[subject.kind]
            held.hold(subject.arguments)
            for _ in range(self.rounds.usual if subject.who == S3 else self.rounds.quick):
                self.figures.add(POLL, subject.who, *held.refresh())

    def _change(self, number: int) -> None:
        """Change a file, publish it, and refresh until it is there."""
        time.sleep(BETWEEN_DEPLOYS)
        name, line = self.stage.change(number)
        self._publish(ONE_FILE, RELEASES)
        self.stage.spread(name)
        for subject in self._tracking():
            self.figures.add(CHANGE, subject.who, *self.hosts.held[subject.kind].refresh(name, line))

    def _subjects(self, number: int) -> Iterator[Subject]:
        stage, name = self.stage, f"{self.stage.count}-{number}"
        yield Subject(OURS, "airside", stage.ours(f"pinned-{name}", pinned=True))
        yield Subject(TRACKING, "airside", stage.ours(f"tracking-{name}"))
        yield Subject(S3, "s3", stage.s3(f"tracking-{name}"))
        yield Subject(GIT, "git", stage.git(f"tracking-{name}"))
        yield Subject(AGED_GIT, "git", stage.git(f"aged-{name}", aged=True))
        yield Subject(PINNED_GIT, "git", stage.git(f"pinned-{name}", pinned=True))
        yield Subject(FLOOR, "floor", stage.floor(self.hosts.cache("floor"), name))

    def _tracking(self) -> Iterator[Subject]:
        """Yield who follows changes, each with the cache that its first round left."""
        name = f"tracking-{self.stage.count}-0"
        yield Subject(OURS, "airside", self.stage.ours(name))
        yield Subject(S3, "s3", self.stage.s3(name))
        yield Subject(GIT, "git", self.stage.git(name))

    def _new(self, work: str, subject: Subject) -> None:
        started = self.hosts.new[subject.kind].start(subject.arguments)
        self.figures.add(work, subject.who, started.each[0], started.mib[0])

    def _publish(self, work: str, prefix: str) -> None:
        self._new(work, Subject(OURS, "publish", self.stage.publication(prefix)))
