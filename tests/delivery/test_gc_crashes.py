"""A collector is killed at every call to the store, and others work while it does."""

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from clocked import Clocked, Dying
from listing import keys_of
from shipping import NOW, REQUEST, apply, deploy

from airside.base.errors import IntegrityError, RefusedError
from airside.conformance.faults import Killed
from airside.delivery.checkouts import Checkouts
from airside.delivery.collection.collect import Rules, carry_out, examine
from airside.delivery.collection.planning import Deed, Step
from airside.delivery.collection.retention import Retention
from airside.delivery.collection.store_clock import ask_time
from airside.delivery.environments import read_current
from airside.delivery.moves import propose_rollback
from airside.delivery.verification.verify import Scope, verify
from airside.release.pointer import Pin
from airside.store.opening import open_store
from airside.store.probe import require_capable

LATEST = Rules(Retention(days=0, generations=1))
PIN = Pin(by="ana", at="2026-11-21T04:30:00Z")
A, B, C = ({"dags/orders.py": f"a = {number}\n"} for number in range(3))
EVERY_CALL = range(80)
"""More calls than a run makes."""


@pytest.fixture
def clocked() -> Clocked:
    """A store with one release that is dead and marked, and a day later."""
    clocked = Clocked(open_store(f"memory://{secrets.token_hex(8)}", {}))
    require_capable(clocked, now=NOW)
    for second, files in enumerate((A, B, C)):
        deploy(clocked, files, second=second)
    clocked.pass_hours(48)
    gc(clocked)
    clocked.pass_hours(25)
    return clocked


def gc(store: Clocked) -> list[Step]:
    return carry_out(store, examine(store, LATEST, ask_time(store, secrets.token_hex(16))), nonce=secrets.token_hex(16))


def alive(_verb: str, _key: str) -> None:
    return


def content(store: Clocked) -> list[str]:
    return [key for prefix in ("packs/", "trees/", "releases/") for key in keys_of(store, prefix)]


def is_whole(store: Clocked, root: Path) -> bool:
    """Tell whether everything is clean, and what is served can be had from a disk with nothing on it."""
    current = read_current(store, "production")
    assert current is not None
    Checkouts(root / secrets.token_hex(4)).materialise(store, current.pointer.tree)
    return not verify(store, Scope(everything=True)).faults


@pytest.mark.parametrize("at", EVERY_CALL)
def test_a_collector_that_is_killed_harms_nobody_and_the_next_one_finishes(
    clocked: Clocked, tmp_path: Path, at: int
) -> None:
    dying = Dying(at)
    clocked.before = dying
    try:
        gc(clocked)
        finished = True
    except Killed:
        finished = False
    clocked.before = alive
    assert finished is (dying.calls <= at)
    assert is_whole(clocked, tmp_path)
    clocked.pass_hours(25)
    gc(clocked)
    clocked.pass_hours(25)
    gc(clocked)
    assert is_whole(clocked, tmp_path)
    assert len(content(clocked)) == 6, "two releases: the one that is served, and what a rollback would serve"
    assert {key.split("/")[1] for key in keys_of(clocked, "gc/")} == {"removed"}


def test_every_call_of_a_collector_was_killed(clocked: Clocked) -> None:
    dying = Dying(10**6)
    clocked.before = dying
    steps = gc(clocked)
    assert len([step for step in steps if step.deed is Deed.REMOVE]) == 3
    assert dying.calls < len(EVERY_CALL)


def redeploy(store: Clocked) -> None:
    deploy(store, A, second=7)


def roll_back(store: Clocked) -> None:
    apply(store, propose_rollback(store, REQUEST, 1, PIN))


WRITERS = {"deploy": redeploy, "rollback": roll_back}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("at", EVERY_CALL)
def test_a_writer_who_needs_what_is_being_removed_is_refused_or_gets_it_whole(
    clocked: Clocked, tmp_path: Path, at: int, writer: str
) -> None:
    """The writer does all of its work between two calls of the collector."""
    outcome: list[bool] = []
    calls = iter(range(10**6))

    def interrupt(_verb: str, _key: str) -> None:
        if next(calls) == at and not outcome:
            outcome.append(True)
            clocked.before = alive
            outcome[:] = [succeeds(lambda: WRITERS[writer](clocked))]
            clocked.before = interrupt

    clocked.before = interrupt
    gc(clocked)
    clocked.before = alive
    judge(clocked, tmp_path, moved=bool(outcome and outcome[0]))


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("at", range(40))
def test_a_collector_who_comes_in_the_middle_of_a_writer_takes_nothing_from_it(
    clocked: Clocked, tmp_path: Path, at: int, writer: str
) -> None:
    """The collector does all of its work between two calls of the writer."""
    calls = iter(range(10**6))
    ran: list[bool] = []

    def interrupt(_verb: str, _key: str) -> None:
        if next(calls) == at and not ran:
            ran.append(True)
            clocked.before = alive
            gc(clocked)
            clocked.before = interrupt

    clocked.before = interrupt
    moved = succeeds(lambda: WRITERS[writer](clocked))
    clocked.before = alive
    judge(clocked, tmp_path, moved=moved)


def succeeds(work: Callable[[], object]) -> bool:
    try:
        work()
    except (RefusedError, IntegrityError):
        return False
    return True


def judge(clocked: Clocked, root: Path, *, moved: bool) -> None:
    current = read_current(clocked, "production")
    assert current is not None
    assert current.pointer.generation == (4 if moved else 3)
    assert is_whole(clocked, root)
    clocked.pass_hours(25)
    gc(clocked)
    clocked.pass_hours(25)
    gc(clocked)
    assert is_whole(clocked, root)
    redeploy(clocked)
    assert is_whole(clocked, root), "what was refused works when it is run again"


@pytest.mark.parametrize("at", EVERY_CALL)
def test_two_collectors_at_once_are_as_good_as_one(clocked: Clocked, tmp_path: Path, at: int) -> None:
    calls = iter(range(10**6))
    ran: list[bool] = []

    def interrupt(_verb: str, _key: str) -> None:
        if next(calls) == at and not ran:
            ran.append(True)
            clocked.before = alive
            gc(clocked)
            clocked.before = interrupt

    clocked.before = interrupt
    gc(clocked)
    clocked.before = alive
    assert is_whole(clocked, tmp_path)
    clocked.pass_hours(25)
    gc(clocked)
    clocked.pass_hours(25)
    gc(clocked)
    assert len(content(clocked)) == 6
    assert is_whole(clocked, tmp_path)
