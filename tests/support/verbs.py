"""Every verb that writes to a store, each with a store that it can be run on."""

from collections.abc import Callable
from datetime import timedelta

from shipping import NOW, REQUEST, apply, deploy, stamp

from airside.conformance.releases import Sample
from airside.delivery.activate import activate
from airside.delivery.moves import Request, propose_promotion, propose_rollback, propose_unpin
from airside.release.pointer import Pin
from airside.store.port import Store

A = {"dags/orders.py": "a = 1\n", "lib/sums.py": "x = 1\n"}
B = {"dags/orders.py": "a = 2\n", "lib/sums.py": "x = 1\n"}
PIN = Pin(by="ana", at="2026-11-21T04:30:00Z", reason="wrong totals")
PREPROD = Request("sales-flows", "preprod", "ana", "because")

Act = Callable[[Store], object]


def prepare(store: Store) -> None:
    """Production has served A and then B, and was rolled back to A; preprod serves B."""
    deploy(store, A)
    deploy(store, B, second=1)
    deploy(store, B, second=1, request=PREPROD)
    roll_back(store)


def first_deploy(store: Store) -> None:
    deploy(store, B, second=9, request=Request("sales-flows", "preview/new", "ana"))


def another_deploy(store: Store) -> None:
    Sample.of({"dags/orders.py": "a = 3\n"}, now=NOW + timedelta(days=1)).deploy(store, REQUEST, now=NOW)


def promote(store: Store) -> None:
    apply(store, propose_promotion(store, REQUEST, "preprod"))


def roll_back(store: Store) -> None:
    apply(store, propose_rollback(store, REQUEST, 1, PIN))


def roll_back_further(store: Store) -> None:
    apply(store, propose_rollback(store, REQUEST, 2, PIN))


def unpin(store: Store) -> None:
    current, move = propose_unpin(store, REQUEST)
    activate(store, move, current, stamp())


EVERY: dict[str, Act] = {
    "first deploy": first_deploy,
    "another deploy": another_deploy,
    "promotion": promote,
    "rollback": roll_back_further,
    "unpin": unpin,
}
