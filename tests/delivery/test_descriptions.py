"""What the workflows of a release are, as an object of its own in the store."""

import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from clocked import Clocked
from listing import keys_of
from shipping import NOW, REQUEST, apply, record_of, sources

from airside.base.errors import IntegrityError, RefusedError
from airside.conformance.faults import Wrapped
from airside.conformance.releases import Sample
from airside.delivery.collection.collect import Examination, Rules, carry_out, examine
from airside.delivery.collection.planning import Deed
from airside.delivery.collection.retention import Retention
from airside.delivery.collection.store_clock import StoreTime, ask_time
from airside.delivery.collection.tombstones import read_tombstone
from airside.delivery.descriptions import publish_description, read_description
from airside.delivery.environments import read_record
from airside.delivery.moves import Request, propose_rollback
from airside.delivery.publish import publish
from airside.delivery.verification.findings import Harm, Trouble
from airside.delivery.verification.verify import Scope, verify
from airside.release.keys import description_key, release_key, tombstone_key
from airside.release.pointer import Pin
from airside.store.folder import FolderStore
from airside.store.probe import require_capable

LATEST = Rules(Retention(days=0, generations=1))
PIN = Pin(by="ana", at="2026-11-21T04:30:00Z")
PREPROD = Request("sales-flows", "preprod", "ana")
EVERYTHING = Scope(everything=True)


def sample(number: int, *workflows: str) -> Sample:
    """Return a release of `workflows`; those of other numbers have other files."""
    return Sample.of({f"dags/{name}.py": f"n = {number}\n" for name in workflows}, now=NOW + timedelta(seconds=number))


LATER = (sample(7, "bills"), sample(8, "sums"))
"""What is served then, and what a rollback would serve."""


@pytest.fixture
def clocked(store: FolderStore) -> Clocked:
    return Clocked(store)


@pytest.fixture
def tried(store: FolderStore) -> FolderStore:
    """A store with its format.json."""
    require_capable(store, now=NOW)
    return store


def deploys(store: Clocked, *samples: Sample) -> None:
    """Deploy them, an hour apart, and let two days pass."""
    for one in samples:
        one.deploy(store, REQUEST, now=NOW)
        store.pass_hours(1)
    store.pass_hours(48)


def gc(store: Clocked, rules: Rules = LATEST) -> Examination:
    examination = examine(store, rules, ask_time(store, secrets.token_hex(16)))
    carry_out(store, examination, nonce=secrets.token_hex(16))
    return examination


def file_of(store: FolderStore | Clocked, one: Sample) -> Path:
    return Path(store.location) / description_key(one.description.digest)


def descriptions(store: Clocked) -> set[str]:
    return set(keys_of(store, "descriptions/"))


def keys(*samples: Sample) -> set[str]:
    return {description_key(one.description.digest) for one in samples}


def test_a_release_tells_what_its_workflows_are(store: FolderStore) -> None:
    one = sample(1, "orders", "bills")
    one.publish(store)
    record = read_record(store, one.record.id)
    assert read_description(store, record) == one.description
    assert [workflow.id for workflow in one.description.workflows] == ["bills", "orders"]


def test_a_release_of_an_earlier_version_tells_nothing(store: FolderStore) -> None:
    record = record_of({"dags/orders.py": ""})
    publish(store, sources({"dags/orders.py": ""}), record)
    assert b"description" not in record.sealed.payload
    assert read_description(store, read_record(store, record.id)) is None


def test_releases_with_the_same_workflows_share_a_description_that_is_sent_once(store: FolderStore) -> None:
    sample(1, "orders").publish(store)
    traced = Wrapped(store)
    upload = sample(2, "orders").publish(traced)
    assert len(keys_of(store, "descriptions/")) == 1
    assert upload.objects == 3, "a pack, a manifest and a record"


def test_the_description_is_there_before_the_record_that_names_it(store: FolderStore) -> None:
    traced = Wrapped(store)
    sample(1, "orders").publish(traced)
    assert [call.split()[1].partition("/")[0] for call in traced.writes][-2:] == ["descriptions", "releases"]


def test_another_description_than_the_named_one_is_refused(store: FolderStore) -> None:
    one, other = sample(1, "orders"), sample(1, "bills")
    for given in (other.description, None):
        with pytest.raises(IntegrityError, match="names the description"):
            publish(store, one.files, one.record, description=given)
    with pytest.raises(IntegrityError, match="names the description None"):
        publish(store, one.files, replace(one.record, description=None), description=one.description)
    assert not keys_of(store, "")


def test_a_damaged_description_stops_the_next_release_that_would_name_it(store: FolderStore) -> None:
    sample(1, "orders").publish(store)
    file_of(store, sample(1, "orders")).write_bytes(b"damaged")
    with pytest.raises(IntegrityError, match="nothing was released") as info:
        sample(2, "orders").publish(store)
    assert "Delete the object descriptions/" in (info.value.hint or "")
    assert len(keys_of(store, "releases/")) == 1


def test_a_description_goes_with_the_last_release_that_names_it(clocked: Clocked) -> None:
    shared, gone, back, last = sample(1, "orders"), sample(2, "bills"), sample(3, "orders"), sample(4, "orders")
    deploys(clocked, shared, gone, back, last)
    gc(clocked)
    assert descriptions(clocked) == keys(gone, last), "the first run only marks"
    clocked.pass_hours(24)
    gc(clocked)
    assert descriptions(clocked) == keys(last)
    assert release_key(shared.record.id) not in keys_of(clocked, "releases/")
    assert verify(clocked, EVERYTHING).faults == (), "but for notes"


def test_a_young_release_keeps_an_old_description(clocked: Clocked) -> None:
    deploys(clocked, sample(1, "orders"), *LATER)
    sample(9, "orders").publish(clocked)
    examination = gc(clocked)
    (key,) = keys(sample(1, "orders"))
    assert {step.key: step.deed for step in examination.steps}[key] is Deed.KEEP
    assert release_key(sample(1, "orders").record.id) in {step.key for step in examination.with_deed(Deed.MARK)}


def test_a_writer_who_finds_a_marked_description_takes_it_back(clocked: Clocked) -> None:
    deploys(clocked, sample(1, "orders"), *LATER)
    gc(clocked)
    clocked.pass_hours(24)
    examination = examine(clocked, LATEST, ask_time(clocked, secrets.token_hex(16)))
    publish_description(clocked, sample(1, "orders").description)
    carry_out(clocked, examination, nonce=secrets.token_hex(16))
    assert keys(sample(1, "orders")) <= descriptions(clocked)


def test_a_description_that_is_being_removed_is_not_relied_on(clocked: Clocked) -> None:
    deploys(clocked, sample(1, "orders"), *LATER)
    gc(clocked)
    clocked.pass_hours(24)
    (key,) = keys(sample(1, "orders"))
    refused = []

    def publish_in_between(verb: str, wanted: str) -> None:
        if (verb, wanted) == ("delete", key):
            with pytest.raises(RefusedError, match="is being removed"):
                sample(9, "orders").publish(clocked)
            refused.append(wanted)

    clocked.before = publish_in_between
    gc(clocked)
    assert refused
    assert release_key(sample(9, "orders").record.id) not in keys_of(clocked, "releases/")


def test_a_rollback_takes_the_description_back_from_the_grave(clocked: Clocked) -> None:
    first = sample(1, "orders")
    deploys(clocked, first, *LATER)
    proposal = propose_rollback(clocked, REQUEST, 1, PIN)
    gc(clocked)
    (key,) = keys(first)
    assert tombstone_key(key) in keys_of(clocked, "gc/")
    clocked.pass_hours(24)
    examination = examine(clocked, LATEST, ask_time(clocked, secrets.token_hex(16)))
    apply(clocked, proposal)
    held = read_tombstone(clocked, key)
    assert held
    assert held.tombstone.state == "revived"
    carry_out(clocked, examination, nonce=secrets.token_hex(16))
    assert read_description(clocked, first.record) == first.description


def test_a_dead_record_that_waits_keeps_its_description(clocked: Clocked) -> None:
    """The record of 1 is marked anew each time somebody revives it; its description was marked long before."""
    first = sample(1, "orders")
    deploys(clocked, first, *LATER)
    gc(clocked)
    clocked.pass_hours(24)
    (Path(clocked.location) / tombstone_key(release_key(first.record.id))).unlink()
    examination = gc(clocked)
    assert keys(first) <= {step.key for step in examination.with_deed(Deed.WAIT)}
    assert keys(first) <= descriptions(clocked)


def test_a_lost_record_keeps_every_description(clocked: Clocked) -> None:
    deploys(clocked, sample(1, "orders"), *LATER)
    gc(clocked)
    clocked.pass_hours(24)
    (Path(clocked.location) / release_key(LATER[-1].record.id)).unlink()
    examination = gc(clocked)
    assert "missing" in (examination.descriptions_unclear or "")
    assert descriptions(clocked) == keys(sample(1, "orders"), *LATER)


def test_a_store_without_descriptions_is_collected_without_reading_old_records(clocked: Clocked) -> None:
    for second in range(3):
        files = {"dags/orders.py": f"n = {second}\n"}
        publish(clocked, sources(files), record_of(files, second=second))
    clocked.pass_hours(48)
    read: list[str] = []
    clocked.before = lambda verb, key: read.append(key) if verb == "read" else None
    examine(clocked, LATEST, StoreTime(clocked.now))
    assert not [key for key in read if key.startswith("releases/")]


@pytest.mark.parametrize(("harm", "trouble"), [("missing", Trouble.MISSING), ("damaged", Trouble.DAMAGED)])
@pytest.mark.parametrize("scope", [Scope(("production",)), Scope(("production",), deep=True), EVERYTHING])
def test_verify_names_the_releases_without_a_description(
    tried: FolderStore, scope: Scope, harm: str, trouble: Trouble
) -> None:
    first, second = sample(1, "orders"), sample(2, "orders")
    for one in (first, second):
        one.deploy(tried, REQUEST, now=NOW)
    assert verify(tried, scope).findings == ()
    path = file_of(tried, first)
    path.unlink()
    if harm == "damaged":
        path.write_bytes(b"damaged")
    (finding,) = verify(tried, scope).findings
    assert (finding.trouble, finding.harmed.harm) == (trouble, Harm.HISTORY), "it is served all the same"
    assert finding.harmed.releases == (first.record.id, second.record.id)
    assert finding.harmed.environments == ("production",)
    assert "deploy the same commit" in finding.advice


def test_verify_finds_a_lost_description_of_long_ago_by_a_listing(tried: FolderStore) -> None:
    for number, name in enumerate(("orders", "bills", "sums")):
        sample(number, name).deploy(tried, REQUEST, now=NOW)
    old = sample(0, "orders")
    file_of(tried, old).unlink()
    traced = Wrapped(tried)
    (finding,) = verify(traced, Scope(("production",))).findings
    assert finding.harmed.releases == (old.record.id,)
    reads = [call for call in traced.calls if call.startswith("read descriptions/")]
    assert len(reads) == 3, "what is served, what a rollback would serve, and a look at the lost one"


def test_a_description_that_no_release_names_is_checked_too(tried: FolderStore) -> None:
    publish_description(tried, sample(1, "orders").description)
    assert verify(tried, EVERYTHING).findings == ()
    file_of(tried, sample(1, "orders")).write_bytes(b"damaged")
    (finding,) = verify(tried, EVERYTHING).findings
    assert finding.harmed.harm == Harm.UNUSED


def test_deploying_the_same_files_elsewhere_writes_a_lost_description_again(tried: FolderStore) -> None:
    first = sample(1, "orders")
    first.deploy(tried, REQUEST, now=NOW)
    file_of(tried, first).unlink()
    Sample.of({"dags/orders.py": "n = 1\n"}, now=NOW + timedelta(days=1)).deploy(tried, PREPROD, now=NOW)
    assert verify(tried, EVERYTHING).findings == ()
