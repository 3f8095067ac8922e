"""R1: at every instant every object that an environment can reach exists and is what its name says."""

import secrets
from datetime import timedelta

from shipping import NOW, REQUEST
from verbs import A, B

from airside.conformance.clocked import Clocked
from airside.conformance.releases import Sample
from airside.conformance.wholeness import require_whole
from airside.delivery.collection.collect import Rules, carry_out, examine
from airside.delivery.collection.retention import Retention
from airside.delivery.collection.store_clock import ask_time
from airside.store.folder import FolderStore

RULES = Rules(Retention(days=0, generations=1))
DAY = timedelta(hours=25)


def test_a_release_that_is_published_again_while_it_is_collected_stays(store: FolderStore) -> None:
    clocked = Clocked(store)
    sample = Sample.of(A, now=NOW)
    sample.publish(clocked)
    Sample.of(B, now=NOW).deploy(clocked, REQUEST, now=NOW)
    for deploys in (False, True):
        clocked.pass_time(DAY)
        examination = examine(clocked, RULES, ask_time(clocked, secrets.token_hex(16)))
        if deploys:
            sample.deploy(clocked, REQUEST, now=NOW)
        carry_out(clocked, examination, nonce=secrets.token_hex(16))
    require_whole(clocked, newest=1)
