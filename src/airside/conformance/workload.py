"""What a process of the kill loop does until it is killed: random verbs over one store, each success written down."""

import itertools
import json
import os
import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from airside.base.clock import to_text
from airside.base.errors import IntegrityError, LostRaceError, RefusedError, UnknownEnvironmentError
from airside.conformance.releases import Sample
from airside.conformance.wholeness import digest_on_disk, require_whole
from airside.delivery.activate import Stamp, activate
from airside.delivery.checkouts import Checkouts
from airside.delivery.collection.collect import Rules, carry_out, examine
from airside.delivery.collection.planning import Deed
from airside.delivery.collection.retention import Retention
from airside.delivery.collection.store_clock import ask_time
from airside.delivery.environments import read_current
from airside.delivery.moves import Proposal, Request, propose_promotion, propose_rollback, propose_unpin
from airside.delivery.secret_documents import SecretsRelease, propose_secrets, publish_secrets
from airside.release.pointer import Move, Pin
from airside.release.record import Builder, Source
from airside.release.tombstone import Grace
from airside.store.opening import open_store
from airside.store.port import Store

if TYPE_CHECKING:
    from multiprocessing.synchronize import Semaphore

ENVIRONMENTS = ("preprod", "production", "preview/one")
RULES = Rules(Retention(days=0, generations=3), Grace(marked=timedelta(seconds=3), claimed=timedelta(seconds=3)))
"""Of garbage collection. No process lives for as long as the grace lasts, so none can be overtaken by it."""

START = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the processes meet.

    Attributes:
        url: Of the store, for `open_store`.
        options: Of the store.
        folder: On this machine: the trees that are materialised, and what was written down.
    """

    url: str
    options: Mapping[str, str]
    folder: Path

    @property
    def checkouts(self) -> Checkouts:
        """The trees that the processes materialise."""
        return Checkouts(self.folder / "cache")

    @property
    def journal(self) -> Path:
        """One line for each verb that returned."""
        return self.folder / "journal"

    def store(self) -> Store:
        """Open the store."""
        return open_store(self.url, self.options)


@dataclass(frozen=True, slots=True)
class Done:
    """A verb that returned, as its process wrote it down.

    Attributes:
        verb: Which one; `fault` for an error that none should end with.
        environment: Of the verb.
        generation: Which a move made; 0 for other verbs.
        op_id: The nonce of a move, or what a fault says.
    """

    verb: str
    environment: str
    generation: int = 0
    op_id: str = ""


def journal(place: Place) -> list[Done]:
    """Return what the processes wrote down. A line of a killed writer may lack its end."""
    if not place.journal.exists():
        return []
    lines = place.journal.read_bytes().split(b"\n")
    return [Done(**json.loads(line)) for line in lines if line.endswith(b"}")]


def work(place: Place, seed: str, ready: "Semaphore | None" = None, *, steps: int | None = None) -> None:
    """Release `ready`, then do random verbs: so many, or until killed."""
    worker = _Worker(place, random.Random(seed))  # noqa: S311 - to be repeatable
    if ready:
        ready.release()
    for _ in itertools.count() if steps is None else range(steps):
        if not worker.step():
            break


class _Worker:
    def __init__(self, place: Place, chance: random.Random) -> None:
        self._place, self._chance, self._store = place, chance, place.store()
        self._actor = f"worker-{os.getpid()}"
        self._journal = os.open(place.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # Each takes an environment and returns what it did, or None for nothing.
        self._verbs: dict[str, Callable[[str], Done | None]] = {
            "deploy": self._deploy,
            "apply": self._apply,
            "promote": self._promote,
            "rollback": self._roll_back,
            "unpin": self._unpin,
            "materialise": self._materialise,
            "verify": self._verify,
            "collect": self._collect,
        }

    def step(self) -> bool:
        """Do one verb; return False after one that ended with an error that it must not end with."""
        verb = self._chance.choice(["deploy", *self._verbs])
        environment = self._chance.choice(ENVIRONMENTS)
        try:
            done = self._verbs[verb](environment)
        except (LostRaceError, RefusedError, UnknownEnvironmentError):
            return True
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what this looks for
            self._write_down(Done("fault", environment, op_id=f"{verb}: {error!r}"[:300]))
            return False
        if done:
            self._write_down(done)
        return True

    def _write_down(self, done: Done) -> None:
        os.write(self._journal, json.dumps(asdict(done)).encode() + b"\n")

    def _deploy(self, environment: str) -> Done:
        number = self._chance.randrange(12)
        files = {f"dags/workflow_{index}.py": f"x = {number * (index % 3 == 0)}\n" for index in range(6)}
        sample = Sample.of(files, now=START + timedelta(seconds=self._chance.randrange(100_000)))
        proposal = sample.propose(self._store, self._request(environment))
        sample.publish(self._store, proposal.served)
        return self._move(proposal)

    def _apply(self, environment: str) -> Done:
        content = f"token: {self._chance.randrange(12)}\n".encode()
        at = to_text(START + timedelta(seconds=self._chance.randrange(100_000)))
        sealed = SecretsRelease.of(
            "sales-flows",
            {"secrets/base.yaml": b"region: eu\n", "secrets/own.yaml": content},
            Source(),
            builder=Builder(version="0"),
            created_at=at,
        )
        proposal = propose_secrets(self._store, self._request(environment), sealed)
        publish_secrets(self._store, sealed)
        return self._move(proposal)

    def _promote(self, environment: str) -> Done:
        return self._move(propose_promotion(self._store, self._request(environment), self._chance.choice(ENVIRONMENTS)))

    def _roll_back(self, environment: str) -> Done:
        pin = Pin(by=self._actor, at=to_text(START))
        return self._move(propose_rollback(self._store, self._request(environment), None, pin))

    def _unpin(self, environment: str) -> Done:
        current, move = propose_unpin(self._store, self._request(environment))
        return self._made(move, activate(self._store, move, current, self._stamp()).pointer.generation)

    def _materialise(self, environment: str) -> Done | None:
        if (current := read_current(self._store, environment)) is None:
            return None
        checkouts, tree = self._place.checkouts, current.pointer.tree
        checkouts.materialise(self._store, tree)
        if (found := digest_on_disk(checkouts.folder(tree))) != tree:
            raise IntegrityError(f"the folder of {tree} holds {found}")
        return Done("materialise", environment)

    def _verify(self, environment: str) -> Done | None:
        if read_current(self._store, environment) is None:
            return None
        require_whole(self._store, [environment], newest=RULES.retention.generations)
        return Done("verify", environment)

    def _collect(self, environment: str) -> Done:
        nonce = secrets.token_hex(16)
        examination = examine(self._store, RULES, ask_time(self._store, nonce))
        steps = carry_out(self._store, examination, nonce=nonce)
        return Done("remove" if any(step.deed is Deed.REMOVE for step in steps) else "collect", environment)

    def _move(self, proposal: Proposal) -> Done:
        activation = activate(self._store, proposal.move, proposal.current, self._stamp())
        return self._made(proposal.move, activation.pointer.generation)

    def _stamp(self) -> Stamp:
        self._nonce = secrets.token_hex(16)
        return Stamp(START, self._nonce)

    def _made(self, move: Move, generation: int) -> Done:
        return Done(move.action, move.environment, generation, self._nonce)

    def _request(self, environment: str) -> Request:
        return Request("sales-flows", environment, self._actor)
