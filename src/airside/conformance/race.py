"""Many processes that decide on the same state and move at the same instant.

Each round: every racer reads the environment and proposes its own release; all wait for each other; all move.
Exactly one may win, and each loser must be told who did.
"""

import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airside.base.errors import AirsideError
from airside.conformance.releases import Sample, make
from airside.delivery.moves import Request
from airside.store.opening import open_store

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier

PATIENCE = 120.0
"""Seconds that a racer waits for the others."""

NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Course:
    """What is raced for.

    Attributes:
        url: The store, for `open_store`.
        options: Of the store.
        environment: The environment that every racer moves.
        rounds: How often.
        racers: How many processes.
    """

    url: str
    options: Mapping[str, str] = field(default_factory=dict)
    environment: str = "production"
    rounds: int = 15
    racers: int = 4


@dataclass(frozen=True, slots=True)
class Finish:
    """What one racer was told in one round.

    Attributes:
        racer: Its number; its moves are made by `actor`.
        turn: The round, from 0.
        error: The name of the class of the error; None for the winner.
        message: Of that error.
    """

    racer: int
    turn: int
    error: str | None = None
    message: str = ""

    @property
    def actor(self) -> str:
        """The name that the racer moves under."""
        return actor(self.racer)


def actor(racer: int) -> str:
    """Return the name that the racer number `racer` moves under."""
    return f"racer-{racer}"


def race(course: Course) -> list[list[Finish]]:
    """Run the race, and return for each round what each racer was told.

    Raises:
        RuntimeError: A racer died.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["airside.conformance.race"])
    barrier, told = context.Barrier(course.racers), context.Queue()
    racers = [context.Process(target=_run, args=(course, number, barrier, told)) for number in range(course.racers)]
    with _running(racers):
        finishes = [told.get(timeout=PATIENCE) for _ in range(course.rounds * course.racers)]
    return [[finish for finish in finishes if finish.turn == turn] for turn in range(course.rounds)]


@contextmanager
def _running(racers: "list[multiprocessing.context.ForkServerProcess]") -> Iterator[None]:
    for racer in racers:
        racer.start()
    try:
        yield
    finally:
        for racer in racers:
            racer.join(timeout=5)
            racer.kill()


def _run(course: Course, number: int, barrier: "Barrier", told: "Queue[Finish]") -> None:
    store = open_store(course.url, course.options)
    request = Request("sales-flows", course.environment, actor(number))
    for turn in range(course.rounds):
        sample = Sample.of({"dags/orders.py": f"number = {number}, {turn}\n"}, now=NOW)
        sample.publish(store)
        barrier.wait(PATIENCE)  # all have seen the end of the round before
        proposal = sample.propose(store, request)
        barrier.wait(PATIENCE)
        try:
            make(store, proposal, now=NOW)
        except AirsideError as error:
            told.put(Finish(number, turn, type(error).__name__, error.message))
        else:
            told.put(Finish(number, turn))
