"""The kill loop: processes that work on one store, killed at random instants.

They deploy, promote, roll back, unpin, materialise, verify and collect garbage.

```console
$ python -m airside.conformance.torture --rounds 1000
$ python -m airside.conformance.torture --rounds 50 --store s3://bucket/torture --option endpoint=http://127.0.0.1:8333
```

After each round of kills: everything that is reachable is read and hashed, every history is one line, each move
that a process was told of is in it, and what the killed ones left on the disk heals. A store in a bucket is left
full of objects below `--store`; the program writes nowhere else.
"""

import multiprocessing
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from airside.base.errors import AirsideError, IntegrityError
from airside.conformance.race import Course, race
from airside.conformance.wholeness import digest_on_disk, require_whole
from airside.conformance.workload import RULES, Done, Place, journal, work
from airside.delivery.environments import pointer_names, read_history, require_current
from airside.store.port import Store

EPOCH = 50
"""Rounds in one store: then a new one, since checking takes as long as its histories are."""

LONGEST = 0.15
"""Seconds that a process works at the most before it is killed."""

PATIENCE = 60.0
"""Seconds that a process may take to start."""


@dataclass
class Report:
    """What a loop did.

    Attributes:
        kills: Processes killed.
        entries: Entries of histories that were found whole, over all stores.
        verbs: How many of each verb returned.
    """

    kills: int = 0
    entries: int = 0
    verbs: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Ordeal:
    """What is asked for.

    Attributes:
        rounds: How often all processes are started and killed.
        seed: Of the choices and the instants; the instants are those of a real clock, so no two runs are equal.
        url: The store; each epoch has one of its own below it. None for a temporary folder.
        options: Of the store.
        processes: How many at once.
    """

    rounds: int
    seed: str
    url: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    processes: int = 2


def torture(ordeal: Ordeal) -> Report:
    """Run the loop.

    Raises:
        AirsideError: A promise was broken; the message says which.
    """
    report, chance = Report(), random.Random(ordeal.seed)  # noqa: S311 - to be repeatable
    for place, rounds in _places(ordeal):
        entries = 0
        for _ in range(rounds):
            _start_and_kill(place, ordeal.processes, chance)
            report.kills += ordeal.processes
            entries = inspect(place)
        report.entries += entries
        report.verbs += Counter(done.verb for done in journal(place))
    return report


def _start_and_kill(place: Place, processes: int, chance: random.Random) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["airside.conformance.workload"])
    ready = context.Semaphore(0)
    seeds = [str(chance.random()) for _ in range(processes)]
    workers = [context.Process(target=work, args=(place, seed, ready)) for seed in seeds]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire(timeout=PATIENCE)
    for worker in workers:
        time.sleep(chance.uniform(0, LONGEST / processes))
        worker.kill()
        worker.join()


def _places(ordeal: Ordeal) -> Iterator[tuple[Place, int]]:
    run = secrets.token_hex(8)
    for number, first in enumerate(range(0, ordeal.rounds, EPOCH)):
        with tempfile.TemporaryDirectory(prefix="airside-torture-") as folder:
            url = f"{ordeal.url.rstrip('/')}/{run}-{number}" if ordeal.url else f"{folder}/store"
            yield Place(url, ordeal.options, Path(folder)), min(EPOCH, ordeal.rounds - first)


def inspect(place: Place) -> int:
    """Check all that must hold after a kill, and return how many entries the histories have.

    Raises:
        AirsideError: Something does not hold.
    """
    store, written = place.store(), journal(place)
    if fault := next((done for done in written if done.verb == "fault"), None):
        raise IntegrityError(f"A process ended with an error: {fault.op_id} ({fault.environment})")
    whole = require_whole(store, newest=RULES.retention.generations)
    _require_recorded(store, written)
    for name in pointer_names(store):
        tree = require_current(store, name).pointer.tree
        place.checkouts.materialise(store, tree)
        if (found := digest_on_disk(place.checkouts.folder(tree))) != tree:
            raise IntegrityError(f"The folder of {tree} holds {found} after a kill")
    return whole.entries


def _require_recorded(store: Store, written: list[Done]) -> None:
    """Compare the histories with the moves that their processes were told of."""
    moves = [done for done in written if done.generation]
    histories = {
        name: {entry.pointer.generation: entry.pointer.op_id for entry in read_history(store, name)}
        for name in {done.environment for done in moves}
    }
    for done in moves:
        if histories[done.environment].get(done.generation) != done.op_id:
            raise IntegrityError(f"A {done.verb} of {done.environment} was lost: generation {done.generation}")


def run_races(ordeal: Ordeal, rounds: int) -> None:
    """Let processes race for `rounds` rounds, and check that each has one winner, whom the others name.

    Raises:
        IntegrityError: One has none, or more, or a loser was told something else.
    """
    with tempfile.TemporaryDirectory(prefix="airside-race-") as folder:
        url = f"{ordeal.url.rstrip('/')}/race-{secrets.token_hex(8)}" if ordeal.url else f"{folder}/store"
        for finishes in race(Course(url, ordeal.options, rounds=rounds)):
            winners = [finish.actor for finish in finishes if finish.error is None]
            told = [finish.message for finish in finishes if finish.error]
            if len(winners) != 1 or not all(message.startswith(winners[0]) for message in told):
                raise IntegrityError(f"A race was won by {winners}, and the losers were told {told}")


@click.command(help="Kill processes that work on a store at random instants, and check what they leave.")
@click.option("--rounds", default=50, show_default=True)
@click.option("--races", default=0, show_default=True, help="Rounds of several processes that make one move at once.")
@click.option("--store", help="Where to make the stores; a temporary folder unless given.")
@click.option("--option", "options", multiple=True, help="NAME=VALUE of the store; may be repeated.")
@click.option("--seed", default=lambda: secrets.token_hex(4), help="Of the choices; a random one unless given.")
def main(rounds: int, races: int, store: str | None, options: tuple[str, ...], seed: str) -> None:
    """Run the loop and print what it did."""
    click.echo(f"seed {seed}")
    ordeal = Ordeal(rounds, seed, store, dict(option.split("=", 1) for option in options))
    started = time.monotonic()
    try:
        run_races(ordeal, races)
        report = torture(ordeal)
    except AirsideError as error:
        click.echo(f"BROKEN with seed {seed}: {error.message}", err=True)
        sys.exit(1)
    verbs = ", ".join(f"{count} {verb}" for verb, count in sorted(report.verbs.items()))
    click.echo(
        f"{races} races had one winner each; {rounds} rounds, {report.kills} kills; returned: {verbs}; "
        f"{report.entries} entries of histories are whole; {time.monotonic() - started:.0f} s"
    )


if __name__ == "__main__":
    main()
