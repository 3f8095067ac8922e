from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from shipping import record_of
from signing_keys import signer

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UsageError
from airside.release.description import WorkflowDescription, describe
from airside.release.envelope import Envelope
from airside.release.plan_file import PLAN_TYPE, PlanFile, Seen, parse_plan_file

DESCRIPTION = describe([WorkflowDescription(id="orders", file="dags/orders.py")])
RECORD = replace(record_of({"dags/orders.py": ""}), description=DESCRIPTION.digest).signed(signer("ci").sign)
SEEN = Seen(generation=41, release="20261120-160000-0a1b2c3d", digest=Digest.of(b"pointer"))
DEPLOY = PlanFile(
    workspace="sales-flows",
    environment="production",
    action="deploy",
    expected=SEEN,
    release=RECORD.id,
    tree=RECORD.tree,
    created_at="2026-11-21T04:30:00Z",
    reason="größe",
    summary="1 workflow changes",
    changes=b'{"workflows":[{"id":"orders"}]}',
    record=RECORD,
    description=DESCRIPTION,
)
PROMOTE = replace(DEPLOY, action="promote", expected=None, record=None, description=None)
ROLLBACK = replace(PROMOTE, action="rollback", expected=SEEN, restores=40)

Change = Callable[[dict[str, object]], object]


def changed(plan: PlanFile, change: Change) -> bytes:
    """Return the file of `plan` with another payload under the same signatures."""
    payload = msgspec.json.decode(plan.sealed.payload)
    change(payload)
    return Envelope(msgspec.json.encode(payload), PLAN_TYPE, plan.sealed.signatures).to_bytes()


@pytest.mark.parametrize("plan", [DEPLOY, PROMOTE, ROLLBACK])
def test_what_is_written_is_read(plan: PlanFile) -> None:
    read = parse_plan_file(plan.to_bytes(), what="The plan")
    assert read == plan
    assert read.to_bytes() == plan.to_bytes()


def test_the_same_plan_has_the_same_bytes() -> None:
    assert replace(DEPLOY).to_bytes() == DEPLOY.to_bytes()


def test_the_release_in_a_plan_keeps_its_signatures() -> None:
    read = parse_plan_file(DEPLOY.to_bytes(), what="The plan")
    assert read.record
    assert read.record.to_bytes() == RECORD.to_bytes()


def test_a_signature_holds_for_all_of_the_plan() -> None:
    signed = DEPLOY.signed(signer("ana").sign)
    data = changed(signed, lambda payload: payload.update(environment="preprod"))
    other = parse_plan_file(data, what="The plan").sealed
    key = signer("ana").public
    assert [key.verifies(one, signed.sealed.signed_bytes) for one in signed.sealed.signatures] == [True]
    assert [key.verifies(one, other.signed_bytes) for one in other.signatures] == [False]


CHANGES: dict[str, Change] = {
    "no release": lambda payload: payload.update(record=None, description=None),
    "another release": lambda payload: payload.update(release="20261120-160000-0a1b2c3d"),
    "another tree": lambda payload: payload.update(tree=str(Digest.of(b"other"))),
    "another workspace": lambda payload: payload.update(workspace="other-flows"),
    "no description": lambda payload: payload.update(description=None),
    "damaged description": lambda payload: payload.update(description="AAAA"),
    "damaged release": lambda payload: payload.update(record="AAAA"),
    "no base64": lambda payload: payload.update(record="?"),
    "a rollback without a generation": lambda payload: payload.update(action="rollback"),
    "a promotion with a release": lambda payload: payload.update(action="promote"),
    "an action that there is not": lambda payload: payload.update(action="destroy"),
    "a deploy that goes back": lambda payload: payload.update(restores=3),
    "no summary": lambda payload: payload.pop("summary"),
    "another kind": lambda payload: payload.update(kind="pointer"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_plan_whose_parts_do_not_fit_is_damaged(change: Change) -> None:
    with pytest.raises(IntegrityError):
        parse_plan_file(changed(DEPLOY, change), what="The plan")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", DEPLOY.to_bytes()[:-1], RECORD.to_bytes(), b"\xff"])
def test_what_is_no_plan_is_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError, match="The plan"):
        parse_plan_file(data, what="The plan")


def test_a_plan_of_a_later_format_asks_for_an_upgrade() -> None:
    with pytest.raises(UsageError, match="format 2"):
        parse_plan_file(changed(DEPLOY, lambda payload: payload.update(format=2)), what="The plan")
