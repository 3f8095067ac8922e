"""A pointer that somebody without a trusted key wrote: found, never recorded as if it were a move, and replaced."""

import secrets
from pathlib import Path

import msgspec
import pytest
from shipping import NOW, REQUEST, record_of, sources
from signing_keys import signer, trust_in

from airside.delivery.activate import Stamp, activate
from airside.delivery.environments import read_history, require_current
from airside.delivery.moves import propose_deploy
from airside.delivery.publish import publish
from airside.delivery.verification.findings import Trouble
from airside.delivery.verification.repairs import plan_repairs
from airside.delivery.verification.verify import Scope, verify
from airside.release.encoding import canonical
from airside.release.keys import environment_key, history_key
from airside.release.pointer import POINTER_TYPE, Pointer, Previous
from airside.release.tree import Tree
from airside.store.folder import FolderStore

TRUST = trust_in({"production": {"releases": ["ci"]}})
SCOPE = Scope(("production",))


def stamp() -> Stamp:
    return Stamp(NOW, secrets.token_hex(16), signer("ci").sign)


@pytest.fixture
def signed(store: FolderStore) -> FolderStore:
    """A store in which production was moved twice, as it should be."""
    for number in range(2):
        files = {"dags/orders.py": f"total = {number}\n"}
        record = record_of(files, second=number).signed(signer("ci").sign)
        publish(store, sources(files), record)
        proposal = propose_deploy(store, REQUEST, record, Tree.of_sources(sources(files)))
        activate(store, proposal.move, proposal.current, stamp())
    return store


def forge(store: FolderStore, *, linked: bool, recorded: bool) -> None:
    """Write a third pointer that keeps the signature of the second one."""
    second = require_current(store, "production").sealed
    pointer = second.pointer
    digest = second.digest if linked else pointer.tree
    before = Previous(generation=2, release=pointer.release, tree=pointer.tree, digest=digest)
    forged: Pointer = msgspec.structs.replace(pointer, generation=3, previous=before, op_id="0" * 32)
    envelope = type(second.envelope)(canonical(forged), POINTER_TYPE, second.envelope.signatures)
    Path(store.location, environment_key("production")).write_bytes(envelope.to_bytes())
    if recorded:
        Path(store.location, history_key("production", 3)).write_bytes(envelope.to_bytes())


@pytest.mark.parametrize(("linked", "recorded"), [(False, False), (False, True), (True, False)])
def test_a_forged_pointer_is_replaced_by_a_move_to_what_was_served(
    signed: FolderStore, *, linked: bool, recorded: bool
) -> None:
    honest = require_current(signed, "production").pointer
    forge(signed, linked=linked, recorded=recorded)
    report = verify(signed, SCOPE, TRUST)
    assert Trouble.UNTRUSTED in {fault.trouble for fault in report.faults if fault.key == environment_key("production")}
    (repair,) = plan_repairs(signed, report, lambda *_: None, stamp(), "ben")
    assert "which generation 2 served" in repair.says
    repair.run()
    assert not verify(signed, SCOPE, TRUST).faults
    mended = [sealed.pointer for sealed in read_history(signed, "production")]
    assert [entry.generation for entry in mended] == [3, 2, 1]
    assert (mended[0].release, mended[0].actor) == (honest.release, "ben")


def test_a_move_that_the_history_leads_to_is_left_for_a_person_to_judge(signed: FolderStore) -> None:
    forge(signed, linked=True, recorded=True)
    report = verify(signed, SCOPE, TRUST)
    assert report.faults
    assert not plan_repairs(signed, report, lambda *_: None, stamp(), "ben")
