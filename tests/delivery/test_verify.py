import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from clocked import Clocked
from forging import absurd
from listing import keys_of
from shipping import NOW, REQUEST, deploy, proposal_of, record_of, sources
from signing_keys import signer, trust_in

from airside.base.errors import StoreUnavailableError
from airside.conformance.faults import Down, Wrapped
from airside.delivery.activate import Stamp, activate
from airside.delivery.moves import Proposal, Request, propose_deploy, propose_promotion, propose_rollback
from airside.delivery.publish import publish
from airside.delivery.verification.findings import Finding, Harm, Trouble
from airside.delivery.verification.verify import Report, Scope, verify
from airside.release.keys import environment_key, history_key, pack_key, release_key, tree_key
from airside.release.manifest import parse_manifest
from airside.release.pointer import Pin
from airside.release.tree import Tree
from airside.store.folder import FolderStore
from airside.store.probe import require_capable

PREPROD = Request("sales-flows", "preprod", "ana")
PIN = Pin(by="ana", at="2026-11-21T04:30:00Z")
A, B, C = (
    {"dags/orders.py": f"a = {number}\n", "lib/sums.py": "x = 1\n", "lib/__init__.py": ""} for number in range(3)
)
EVERYTHING = Scope(everything=True)
TRUST = trust_in({"*": {"moves": ["ana"], "releases": ["ana", "ben"]}})


@pytest.fixture
def sample(store: FolderStore) -> FolderStore:
    """A store with two environments, a promotion and a rollback, every move of it signed."""
    require_capable(store, now=NOW)
    for second, (files, request) in enumerate(((A, PREPROD), (B, PREPROD))):
        ship(store, files, second, request)
    move(store, propose_promotion(store, REQUEST, "preprod"))
    ship(store, C, 2, REQUEST)
    move(store, propose_rollback(store, REQUEST, None, PIN))
    return store


def ship(store: FolderStore, files: Mapping[str, str], second: int, request: Request) -> None:
    record = record_of(files, second=second).signed(signer("ana").sign)
    publish(store, sources(files), record)
    move(store, propose_deploy(store, request, record, Tree.of_sources(sources(files))))


def move(store: FolderStore, proposal: Proposal) -> None:
    activate(store, proposal.move, proposal.current, Stamp(NOW, secrets.token_hex(16), signer("ana").sign))


def file_of(store: FolderStore, key: str) -> Path:
    return Path(store.location) / key


def keys(store: FolderStore) -> list[str]:
    return keys_of(store, "")


def about(report: Report, key: str) -> list[Finding]:
    return [finding for finding in report.faults if finding.key == key]


def test_a_store_that_is_whole_is_called_clean(sample: FolderStore) -> None:
    for scope in (Scope(("preprod", "production")), Scope(("production",), deep=True), EVERYTHING):
        report = verify(sample, scope)
        assert not report.findings
        assert report.environments == (1 if scope.deep else 2)
        assert report.packs


def test_each_object_is_read_once(sample: FolderStore) -> None:
    traced = Wrapped(sample)
    verify(traced, EVERYTHING)
    reads = [call for call in traced.calls if call.startswith("read")]
    assert len(reads) == len(set(reads)) == len(keys(sample))


def test_verifying_writes_nothing(sample: FolderStore) -> None:
    traced = Wrapped(sample)
    verify(traced, EVERYTHING)
    assert {call.split()[0] for call in traced.calls} == {"read", "list"}


HARMS: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda data: data[:-1],
    "cut in half": lambda data: data[: len(data) // 2],
    "emptied": lambda _: b"",
    "extended": lambda data: data + b"\0",
    "zeroed": lambda data: bytes(len(data)),
    "first bit": lambda data: bytes([data[0] ^ 1]) + data[1:],
    "last bit": lambda data: data[:-1] + bytes([data[-1] ^ 128]),
    "middle bit": lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 4]) + data[len(data) // 2 + 1 :],
}


@pytest.mark.parametrize("harm", [*HARMS, "deleted"])
def test_whatever_happens_to_an_object_is_found(sample: FolderStore, harm: str) -> None:
    for key in keys(sample):
        if key == "format.json":
            continue
        path = file_of(sample, key)
        data = path.read_bytes()
        path.unlink()
        if harm in HARMS:
            path.write_bytes(HARMS[harm](data))
        report = verify(sample, EVERYTHING, TRUST)
        newest = key.startswith("history/") and harm == "deleted"  # a killed writer leaves the same
        assert report.findings if newest else report.faults, f"no error found, checker is broken: {key}"
        assert about(report, key) or key.startswith(("environments/", "history/")), f"{key} is not named"
        path.unlink(missing_ok=True)
        path.write_bytes(data)
    assert not verify(sample, EVERYTHING, TRUST).findings


def test_every_bit_of_what_is_served_counts(sample: FolderStore) -> None:
    tree = record_of(B, second=1).tree
    manifest = file_of(sample, tree_key(tree))
    pack = pack_key(parse_manifest(manifest.read_bytes(), tree).packs[0].digest)
    targets = [tree_key(tree), pack, release_key(record_of(B, second=1).id), environment_key("production")]
    for key in targets:
        path = file_of(sample, key)
        data = path.read_bytes()
        for index in range(0, len(data) * 8, 41):  # coprime to 8: every bit of a byte is met
            copy = bytearray(data)
            copy[index // 8] ^= 1 << (index % 8)
            path.write_bytes(bytes(copy))
            assert verify(sample, Scope(("production",)), TRUST).faults, f"checker is broken: {key} {index}"
        path.write_bytes(data)


@pytest.mark.parametrize("prefix", ["packs/", "trees/", "releases/", "environments/", "history/production/"])
def test_objects_that_changed_places_are_found(sample: FolderStore, prefix: str) -> None:
    one, other, *_ = keys_of(sample, prefix)
    first, second = file_of(sample, one), file_of(sample, other)
    data = first.read_bytes(), second.read_bytes()
    first.write_bytes(data[1])
    second.write_bytes(data[0])
    report = verify(sample, EVERYTHING)
    assert about(report, one), "checker is broken"
    assert about(report, other), "checker is broken"


def test_the_release_and_the_environments_that_are_harmed_are_named(sample: FolderStore) -> None:
    served = record_of(B, second=1)
    for key in (tree_key(served.tree), release_key(served.id)):
        data = file_of(sample, key).read_bytes()
        file_of(sample, key).unlink()
        (finding,) = about(verify(sample, EVERYTHING), key)
        assert finding.trouble is Trouble.MISSING
        assert finding.harmed.harm is Harm.SERVED
        assert finding.harmed.releases == (served.id,)
        assert finding.harmed.environments == ("preprod", "production")
        assert finding.advice
        file_of(sample, key).write_bytes(data)


def test_what_only_a_rollback_needs_is_told_apart_and_comes_later(sample: FolderStore) -> None:
    old, served = record_of(C, second=2), record_of(B, second=1)
    file_of(sample, release_key(old.id)).unlink()
    file_of(sample, release_key(served.id)).unlink()
    first, second = verify(sample, Scope(("production",))).faults
    assert (first.key, first.harmed.harm) == (release_key(served.id), Harm.SERVED)
    assert (second.key, second.harmed.harm) == (release_key(old.id), Harm.HISTORY)


def test_contents_of_older_releases_are_read_only_when_asked_for(sample: FolderStore) -> None:
    deploy(sample, {"dags/new.py": "1"}, second=7)
    deploy(sample, {"dags/new.py": "2"}, second=8)
    tree = record_of(C, second=2).tree
    pack = parse_manifest(file_of(sample, tree_key(tree)).read_bytes(), tree).packs[0]
    file_of(sample, pack_key(pack.digest)).write_bytes(b"other")
    assert not verify(sample, Scope(("production",))).faults
    assert verify(sample, Scope(("production",), deep=True)).faults
    file_of(sample, tree_key(tree)).unlink()
    assert about(verify(sample, Scope(("production",))), tree_key(tree)), "that it is there is always looked at"


def test_a_pointer_of_another_environment_is_found(sample: FolderStore) -> None:
    file_of(sample, environment_key("production")).write_bytes(file_of(sample, environment_key("preprod")).read_bytes())
    (finding,) = about(verify(sample, Scope(("production",))), environment_key("production"))
    assert "is that of 'preprod'" in finding.message


def test_a_pointer_that_was_set_back_is_found(sample: FolderStore) -> None:
    old = file_of(sample, history_key("production", 2)).read_bytes()
    file_of(sample, environment_key("production")).write_bytes(old)
    (finding,) = about(verify(sample, Scope(("production",))), environment_key("production"))
    assert "was set back to 2" in finding.message


def test_a_history_that_was_rewritten_is_found(sample: FolderStore) -> None:
    for generation in (1, 2):
        file_of(sample, history_key("production", generation)).unlink()
    other = FolderStore(Path(sample.location).parent / "other")
    forged = deploy(other, C, second=2)
    assert forged.generation == 1
    data = file_of(other, history_key("production", 1)).read_bytes()
    file_of(sample, history_key("production", 1)).write_bytes(data)
    messages = [finding.message for finding in verify(sample, Scope(("production",))).faults]
    assert any("entry 2" in message and "missing" in message for message in messages)
    deploy(other, B, second=1)
    data = file_of(other, history_key("production", 2)).read_bytes()
    file_of(sample, history_key("production", 2)).write_bytes(data)
    messages = [finding.message for finding in verify(sample, Scope(("production",))).faults]
    assert any("does not follow" in message for message in messages)


def test_an_entry_that_a_killed_writer_did_not_come_to_is_only_a_note(sample: FolderStore) -> None:
    file_of(sample, history_key("production", 3)).unlink()
    report = verify(sample, EVERYTHING)
    assert not report.faults
    (note,) = report.findings
    assert "a writer was killed" in note.message


def test_a_killed_publication_harms_nobody(sample: FolderStore) -> None:
    files = {"dags/never.py": "1"}
    proposal = proposal_of(sample, files, second=9)
    publish(sample, sources(files), proposal.record)
    file_of(sample, release_key(proposal.record.id)).unlink()
    assert not verify(sample, EVERYTHING).findings


def test_foreign_objects_are_told_and_do_no_harm(sample: FolderStore) -> None:
    sample.create("notes.txt", b"hello")
    sample.create("packs/readme", b"hello")
    sample.create("probe/0123-object", b"x")
    report = verify(sample, EVERYTHING)
    assert not report.faults
    assert {(finding.key, finding.trouble) for finding in report.findings} == {
        ("notes.txt", Trouble.FOREIGN),
        ("packs/readme", Trouble.FOREIGN),
        ("probe/0123-object", Trouble.LEFTOVER),
    }


def test_a_newer_document_is_told_and_not_stumbled_over(sample: FolderStore) -> None:
    path = file_of(sample, tree_key(record_of(B, second=1).tree))
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":9'))
    (finding,) = verify(sample, Scope(("production",))).faults
    assert "Airside reads formats up to 1" in finding.message


def test_a_store_that_is_down_is_no_finding(sample: FolderStore) -> None:
    with pytest.raises(StoreUnavailableError):
        verify(Down(sample, prefix="packs/"), EVERYTHING)


def test_an_environment_that_never_was_is_told(sample: FolderStore) -> None:
    report = verify(sample, Scope(("staging",)))
    assert "Nothing was ever deployed to 'staging'" in report.findings[0].message


def test_an_absurd_generation_costs_no_time(sample: FolderStore) -> None:
    path = file_of(sample, environment_key("production"))
    path.write_bytes(absurd(path.read_bytes()))
    report = verify(sample, Scope(("production",)))
    assert any("says generation 1000000000000; its history ends at 3" in finding.message for finding in report.faults)


def test_a_move_while_verify_looks_is_no_fault(sample: FolderStore) -> None:
    moving = Clocked(sample)

    def move_once(verb: str, key: str) -> None:
        if (verb, key) == ("list", "history/production/"):
            moving.before = lambda _verb, _key: None
            proposal = proposal_of(sample, A, second=5)
            publish(sample, sources(A), proposal.record)
            activate(sample, proposal.move, proposal.current, Stamp(NOW, "2" * 32))

    moving.before = move_once
    assert not verify(moving, Scope(("production",))).findings


def test_what_is_served_must_be_signed_by_those_who_are_trusted(sample: FolderStore) -> None:
    assert not verify(sample, EVERYTHING, TRUST).findings
    strangers = trust_in({"*": {"moves": ["ben"], "releases": ["ben"]}})
    faults = verify(sample, Scope(("production",)), strangers).faults
    assert {finding.key for finding in faults} == {
        environment_key("production"),
        release_key(record_of(B, second=1).id),
    }
    assert {finding.trouble for finding in faults} == {Trouble.UNTRUSTED}


def test_a_history_from_before_trust_is_a_note_and_an_unsigned_move_since_is_a_fault(store: FolderStore) -> None:
    require_capable(store, now=NOW)
    deploy(store, A)
    ship(store, B, 1, REQUEST)
    report = verify(store, Scope(("production",)), TRUST)
    assert not report.faults
    assert {finding.trouble for finding in report.findings} == {Trouble.UNTRUSTED}
    deploy(store, C, second=2)
    ship(store, A, 3, REQUEST)
    (fault,) = verify(store, Scope(("production",)), TRUST).faults
    assert fault.key == history_key("production", 3)
