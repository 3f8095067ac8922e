"""Random moves with random faults, checked against a model after every step. Needs hypothesis.

Actors look at an environment, think for any number of steps and any time, and then move it on what they saw; or they
look for garbage, and then collect it. The process may be killed before or after any call to the store, and the
request or the answer of a write may be lost. The model is one list for each environment: the nonces of the
moves that count.

```python
from airside.conformance.histories import HistoryMachine

class MyMachine(HistoryMachine):
    def make_store(self) -> Store:
        return MyStore(...)  # an empty one

def test_histories():
    run_state_machine_as_test(MyMachine)  # of hypothesis.stateful
```
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from obstore.store import MemoryStore

from airside.base.clock import to_text
from airside.base.digest import Digest
from airside.base.errors import LostRaceError, RefusedError, StoreUnavailableError, UnknownEnvironmentError
from airside.conformance.clocked import Clocked
from airside.conformance.faults import Crash, Killed, LostReply, LostRequest, Repeating, Wrapped
from airside.conformance.releases import Sample
from airside.conformance.wholeness import linear_history, require_whole
from airside.delivery.activate import Stamp, activate
from airside.delivery.collection.collect import Examination, Rules, carry_out, examine
from airside.delivery.collection.retention import Retention
from airside.delivery.collection.store_clock import StoreTime, ask_time
from airside.delivery.deadline import Deadline, uptime
from airside.delivery.environments import Current, read_current
from airside.delivery.moves import Proposal, Request, propose_promotion, propose_rollback, propose_unpin
from airside.release.pointer import Move, Pin
from airside.store.objects import ObjectStore
from airside.store.port import Store

ENVIRONMENTS = ("preprod", "production")
ACTORS = ("ana", "ben", "cleo")
RULES = Rules(Retention(days=0, generations=2))
"""Of garbage collection: nearly everything is garbage at once."""

DAY = timedelta(hours=25)
"""A little more than a mark must be old before the object is removed."""

PAUSES = [timedelta(hours=hours) for hours in (0.1, 0.5, 5, 25, 49)]

CALLS = 24
"""More calls than any move makes, so that every one of them can be the last."""

KEYS = ("packs/", "trees/", "releases/", "environments/", "history/", "gc/")

Fault = Callable[[Store], Store]
"""Makes a store fail in some way, or leaves it as it is."""

actors = st.sampled_from(ACTORS)
faults: st.SearchStrategy[Fault] = st.one_of(
    st.just(Wrapped),
    st.builds(lambda at, after: partial(Crash, at=at, after=after), st.integers(0, CALLS), st.booleans()),
    st.builds(
        lambda lose, prefix: partial(lose, prefix=prefix),
        st.sampled_from([LostReply, LostRequest]),
        st.sampled_from(KEYS),
    ),
    st.just(Repeating),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What an actor might want.

    Attributes:
        kind: A kind of move; `collect`: to look for garbage; `collect daily`: to do so a day later, and
            remove it at once; `wait`: to let time go by.
        environment: Which one it moves.
        source: Which one it promotes from.
        number: Which content, generation or pause.
        early: Whether it writes a release long before it moves the environment to it.
    """

    kind: str
    environment: str
    source: str
    number: int
    early: bool


SHARED = "x = 1\n" * 10
"""What every release holds: enough of it that the next one reuses the pack that it lies in."""

environments = st.sampled_from(ENVIRONMENTS)
kinds = st.sampled_from(["deploy", "deploy", "promote", "rollback", "unpin", "collect", "collect daily", "wait"])
choices = st.builds(Choice, kinds, environments, environments, st.integers(0, 4), st.booleans())


@dataclass(frozen=True, slots=True)
class Unpinning:
    """A move to where the environment points already, without the pin."""

    current: Current | None
    move: Move


@dataclass(frozen=True, slots=True)
class Intent:
    """A move that an actor has decided on, with what it saw then.

    Attributes:
        proposal: Where to, and where the environment pointed.
        since: When it decided, by the clock of the store.
        sample: What is to be written first; None where the store has it.
        base: The tree whose packs it may reuse.
    """

    proposal: Proposal | Unpinning
    since: datetime
    sample: Sample | None = None
    base: Digest | None = None


class HistoryMachine(RuleBasedStateMachine):
    """Moves of two environments by three actors, and what must hold after each."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Clocked(self.make_store())
        self.model: dict[str, list[str]] = {name: [] for name in ENVIRONMENTS}
        self.intents: dict[str, Intent] = {}
        self.collecting: dict[str, Examination] = {}
        self.newest_seen: dict[str, int] = dict.fromkeys(ENVIRONMENTS, 0)

    def make_store(self) -> Store:
        """Return an empty store; one in memory, unless a subclass knows another."""
        memory = MemoryStore()
        return ObjectStore(lambda _: memory, "memory")

    # One rule and no second: hypothesis disables some rules in each run, and a run without moves shows nothing.
    @rule(actor=actors, choice=choices, fault=faults)
    def act(self, actor: str, choice: Choice, fault: Fault) -> None:
        """Let `actor` do what it decided on earlier, over a store with a fault; or else decide, or let time go by."""
        if choice.kind == "wait":
            self.store.pass_time(PAUSES[choice.number])
        elif choice.kind == "collect daily":
            self.store.pass_time(DAY)
            self._collect(self._examine(), fault)
        elif intent := self.intents.pop(actor, None):
            self._attempt(intent, fault)
        elif collecting := self.collecting.pop(actor, None):
            self._collect(collecting, fault)
        elif choice.kind == "collect":
            self.collecting[actor] = self._examine()
        else:
            with suppress(UnknownEnvironmentError, RefusedError):  # nothing to promote, to go back to or to unpin
                self.intents[actor] = self._intent(actor, choice)

    @invariant()
    def no_reader_goes_back(self) -> None:
        """What a dag processor reads is never older than what it read before."""
        for name, before in self.newest_seen.items():
            current = read_current(self.store, name)
            self.newest_seen[name] = current.pointer.generation if current else 0
            _require(self.newest_seen[name] >= before, f"{name} went back to {current}")

    @invariant()
    def the_history_is_that_of_the_model(self) -> None:
        """One line, every move that counts exactly once, generations without a gap."""
        for name, expected in self.model.items():
            found = [entry.pointer for entry in linear_history(self.store, name)] if expected else []
            _require([pointer.op_id for pointer in reversed(found)] == expected, f"{name}: {found} is not {expected}")
            _require(expected != [] or read_current(self.store, name) is None, f"{name} was moved by nobody")

    @invariant()
    def all_that_is_reachable_is_whole(self) -> None:
        """Every release that an environment serves, or served within the retention, can be served."""
        moved = [name for name, moves in self.model.items() if moves]
        require_whole(self.store, moved, newest=RULES.retention.generations)

    def _intent(self, actor: str, choice: Choice) -> Intent:
        request = Request("sales-flows", choice.environment, actor, "because")
        if choice.kind == "deploy":
            files = {"dags/orders.py": f"total = {choice.number}\n", "lib/sums.py": SHARED}
            sample = Sample.of(files, now=self._later())
            proposal, since = sample.propose(self.store, request), self.store.now
            if choice.early:
                sample.publish(self.store, proposal.served)
            return Intent(proposal, since, None if choice.early else sample, proposal.served)
        if choice.kind == "promote":
            return Intent(propose_promotion(self.store, request, choice.source), self.store.now)
        if choice.kind == "rollback":
            pin = Pin(by=actor, at=to_text(self.store.now), reason="wrong totals")
            # One of the last generations, or for 0 the one that the lineage leads to.
            back = max(len(self.model[choice.environment]) - choice.number, 1) if choice.number else None
            return Intent(propose_rollback(self.store, request, back, pin), self.store.now)
        current, move = propose_unpin(self.store, request)
        return Intent(Unpinning(current, move), self.store.now)

    def _attempt(self, intent: Intent, fault: Fault) -> None:
        thought = (self._later() - intent.since).total_seconds()
        deadline = Deadline(began=uptime() - thought)
        store, stamp = fault(self.store), Stamp(self.store.now, secrets.token_hex(16), deadline=deadline)
        told: bool | None = False
        try:
            if intent.sample:
                intent.sample.publish(store, intent.base)
            activate(store, intent.proposal.move, intent.proposal.current, stamp)
            told = True
        except LostRaceError:  # a RefusedError of its own
            told = None
        except (StoreUnavailableError, RefusedError, Killed):  # refused: too late, or what it wants is being removed
            told = False
        self._learn(intent, stamp.op_id, told=told)

    def _learn(self, intent: Intent, op_id: str, *, told: bool | None) -> None:
        """Compare what the writer was told with where the environment points, and take that into the model."""
        move = intent.proposal.move
        moves = self.model[move.environment]
        current = read_current(self.store, move.environment)
        made = current is not None and current.pointer.op_id == op_id
        seen = intent.proposal.current
        overtaken = len(moves) > (seen.pointer.generation if seen else 0)
        _require(made or told is not True, f"{move.action}: the writer was told that it won, and it did not")
        _require(not made or told is not None, f"{move.action}: the writer was told that it lost, and it won")
        _require(overtaken or told is not None, f"{move.action}: the writer lost to nobody")
        _require(not (overtaken and made), f"{move.action}: the writer undid a move that it had not seen")
        if made:
            moves.append(op_id)

    def _examine(self) -> Examination:
        return examine(self.store, RULES, ask_time(self.store, secrets.token_hex(16)))

    def _collect(self, examination: Examination, fault: Fault) -> None:
        """Do what a run of garbage collection decided on; it has had no sleep since, by the clock of the store."""
        asked = examination.time.asked
        since = Deadline(began=uptime() - (self.store.now - asked).total_seconds())
        with suppress(StoreUnavailableError, RefusedError, Killed):
            carry_out(
                fault(self.store), replace(examination, time=StoreTime(asked, since)), nonce=secrets.token_hex(16)
            )

    def _later(self) -> datetime:
        self.store.pass_time(timedelta(seconds=1))
        return self.store.now


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise AssertionError(otherwise)
