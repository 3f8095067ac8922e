"""The secrets of an environment: on a history of their own, by the same engine as releases of workflows."""

import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from clocked import Clocked, Dying
from listing import keys_of
from secret_shipping import REQUEST, apply_secrets, move, production, roll_back_secrets, secrets_release
from shipping import deploy, proposal_of, sources
from signing_keys import signer, trust_text

from airside.base.errors import (
    AirsideError,
    IntegrityError,
    LostRaceError,
    RefusedError,
    UnknownEnvironmentError,
    UntrustedError,
)
from airside.base.names import secrets_channel
from airside.conformance.faults import Killed
from airside.delivery.collection.collect import Rules, carry_out, examine
from airside.delivery.collection.retention import Retention
from airside.delivery.collection.store_clock import ask_time
from airside.delivery.environments import environment_names, pointer_names, read_current, read_history, read_record
from airside.delivery.following import Follower
from airside.delivery.moves import Proposal, propose_promotion, propose_release
from airside.delivery.publish import publish
from airside.delivery.secret_documents import (
    channel_request,
    propose_secrets,
    publish_secrets,
    read_applied,
    secrets_then,
)
from airside.delivery.verification.findings import Harm
from airside.delivery.verification.verify import Scope, verify
from airside.release.envelope import unsigned
from airside.release.keys import environment_key, history_key
from airside.signing.trust import trust_of
from airside.store.folder import FolderStore

CHANNEL = secrets_channel("production")
A, B = ({"dags/orders.py": f"a = {number}\n"} for number in range(2))
LATEST = Rules(Retention(days=0, generations=1))


def test_what_was_applied_is_read_back_byte_for_byte(store: FolderStore) -> None:
    assert read_applied(store, "production") is None
    apply_secrets(store, "one")
    apply_secrets(store, "two", minutes=1)
    assert read_applied(store, "production") == production("two")
    assert [entry.pointer.generation for entry in read_history(store, CHANNEL)] == [2, 1]


def test_a_channel_is_no_environment_in_a_list_of_them(store: FolderStore) -> None:
    deploy(store, A)
    apply_secrets(store, "one")
    assert environment_names(store) == ["production"]
    assert pointer_names(store) == ["production", "production~secrets"]


def test_of_two_who_apply_at_once_one_wins_and_the_other_is_told_by_whom(store: FolderStore) -> None:
    apply_secrets(store, "one")
    made = secrets_release(production("mine"))
    mine = propose_secrets(store, REQUEST, made)
    publish_secrets(store, made)
    apply_secrets(store, "theirs", minutes=1)
    with pytest.raises(LostRaceError, match="ana moved the secrets of 'production' first") as caught:
        move(store, mine)
    assert "airside secrets history production" in str(caught.value.hint)
    assert read_applied(store, "production") == production("theirs")


def test_killed_at_any_call_the_old_secrets_or_the_new_ones_are_there_as_a_whole(tmp_path: Path) -> None:
    seen = set()
    for number in range(40):
        store = FolderStore(tmp_path / str(number))
        apply_secrets(store, "old")
        try:
            apply_secrets(Clocked(store, before=Dying(number)), "new", minutes=1)
        except Killed:
            applied = read_applied(store, "production")
            assert applied in (production("old"), production("new"))
            seen.add(applied == production("new"))
            apply_secrets(store, "newer", minutes=2)
            assert verify(store, Scope(("production",))).faults == ()
    assert seen == {False, True}


def test_a_rollback_of_workflows_leaves_the_secrets(store: FolderStore) -> None:
    deploy(store, A)
    apply_secrets(store, "one")
    deploy(store, B, second=1)
    apply_secrets(store, "two", minutes=1)
    back = propose_release(store, REQUEST, [entry.pointer.release for entry in read_history(store, "production")][-1])
    move(store, back)
    assert read_applied(store, "production") == production("two")


def test_earlier_secrets_come_back_and_are_not_pinned(store: FolderStore) -> None:
    for minutes, value in enumerate(("one", "two", "three")):
        apply_secrets(store, value, minutes=minutes)
    assert roll_back_secrets(store).pin is None
    assert read_applied(store, "production") == production("two")
    roll_back_secrets(store, 1)
    assert read_applied(store, "production") == production("one")
    apply_secrets(store, "four", minutes=9)
    assert read_applied(store, "production") == production("four")


def test_an_environment_without_secrets_says_how_to_apply_some(store: FolderStore) -> None:
    deploy(store, A)
    with pytest.raises(UnknownEnvironmentError, match="No secrets were ever applied to 'production'") as caught:
        roll_back_secrets(store)
    assert caught.value.hint == "`airside secrets apply production` does it."


def test_no_move_gives_workflows_to_a_channel_or_secrets_to_an_environment(store: FolderStore) -> None:
    workflows, sealed = deploy(store, A), apply_secrets(store, "one")
    wrong: list[Callable[[], Proposal]] = [
        lambda: propose_release(store, REQUEST, sealed.release),
        lambda: propose_release(store, channel_request(REQUEST), workflows.release),
        lambda: propose_promotion(store, REQUEST, CHANNEL),
        lambda: proposal_of(store, A, request=channel_request(REQUEST)),
    ]
    for propose in wrong:
        with pytest.raises(RefusedError, match=r"Release \S+ holds (secrets|workflows), so it is none for"):
            propose()


def test_a_found_release_of_the_other_kind_is_refused_at_the_move_itself(store: FolderStore) -> None:
    workflows, _ = deploy(store, A), apply_secrets(store, "one")
    proposal = propose_release(store, REQUEST, workflows.release)
    forged = msgspec.structs.replace(proposal.move, environment=CHANNEL)
    with pytest.raises(RefusedError, match="holds workflows"):
        move(store, type(proposal)(read_current(store, CHANNEL), forged, proposal.record, proposal.plan))


@pytest.mark.parametrize(("source", "target"), [("production", CHANNEL), (CHANNEL, "production")])
def test_the_pointer_of_one_cannot_stand_for_the_other(
    store: FolderStore, tmp_path: Path, source: str, target: str
) -> None:
    deploy(store, A)
    apply_secrets(store, "one")
    place = Path(store.location)
    (place / environment_key(target)).write_bytes((place / environment_key(source)).read_bytes())
    follower = Follower(tmp_path / "cache", target, lambda: store)
    follower.prepare()
    with pytest.raises(IntegrityError, match="is that of"):
        follower.poll(patience=None)
    with pytest.raises(IntegrityError):
        read_current(store, target)


@pytest.fixture
def trusting(tmp_path: Path, store: FolderStore) -> Callable[..., Follower]:
    path = tmp_path / "trust.toml"
    path.write_text(trust_text({"production": {"releases": ["ana"], "moves": ["ana"]}}))
    path.chmod(0o644)

    def open_(name: str = CHANNEL) -> Follower:
        follower = Follower(tmp_path / secrets.token_hex(4), name, lambda: store, trust=path)
        follower.prepare()
        return follower

    return open_


def test_secrets_are_followed_under_the_rule_of_their_environment(
    store: FolderStore, trusting: Callable[..., Follower]
) -> None:
    apply_secrets(store, "one", sign=signer("ana").sign)
    follower = trusting()
    assert follower.poll(patience=None).flipped
    assert (follower.path / "secrets/production.yaml").read_bytes() == production("one")["secrets/production.yaml"]


@pytest.mark.parametrize("name", [None, "ben"])
def test_unsigned_secrets_are_refused_where_signatures_are_demanded(
    store: FolderStore, trusting: Callable[..., Follower], name: str | None
) -> None:
    follower = trusting()
    apply_secrets(store, "one", sign=signer("ana").sign)
    follower.poll(patience=None)
    apply_secrets(store, "two", minutes=1, sign=signer(name).sign if name else unsigned)
    with pytest.raises(UntrustedError, match="the secrets of 'production'"):
        follower.poll(patience=None)
    assert (follower.path / "secrets/production.yaml").read_bytes() == production("one")["secrets/production.yaml"]


def test_a_reader_refuses_a_release_of_the_other_kind_though_it_is_signed(
    store: FolderStore, trusting: Callable[..., Follower], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign = signer("ana").sign
    sealed = apply_secrets(store, "one", sign=sign)
    with monkeypatch.context() as careless:
        for place in ("moves", "activate"):
            careless.setattr(f"airside.delivery.{place}.require_kind", lambda *_: None)
        move(store, propose_release(store, REQUEST, sealed.release), sign=sign)
    with pytest.raises(IntegrityError, match="holds secrets, so it is none for 'production'"):
        trusting("production").poll(patience=None)
    found = verify(store, Scope(("production",))).faults
    says = f"Release {sealed.release} holds secrets, so it is none for 'production'"
    assert [finding.message for finding in found] == [says]


def test_a_reader_that_demands_no_signatures_refuses_the_other_kind_too(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflows, sealed = deploy(store, A), apply_secrets(store, "one")
    followers = [Follower(tmp_path / name[-4:], name, lambda: store) for name in ("production", CHANNEL)]
    for follower in followers:
        follower.prepare()
        assert follower.poll(patience=None).flipped
    with monkeypatch.context() as careless:
        for place in ("moves", "activate"):
            careless.setattr(f"airside.delivery.{place}.require_kind", lambda *_: None)
        move(store, propose_release(store, REQUEST, sealed.release))
        move(store, propose_release(store, channel_request(REQUEST), workflows.release))
    for follower, kind in zip(followers, ("secrets", "workflows"), strict=True):
        with pytest.raises(IntegrityError, match=f"holds {kind}, so it is none for "):
            follower.poll(patience=None)
    assert [follower.current for follower in followers] == [workflows.tree, sealed.tree]


def test_a_family_rule_holds_for_the_secrets_of_a_preview() -> None:
    trust = trust_of(trust_text({"preview/*": {"unsigned": True}}).encode(), "trust.toml")
    assert trust.rule(secrets_channel("preview/x")) is trust.rule("preview/x")


@pytest.fixture
def clocked(store: FolderStore) -> Clocked:
    return Clocked(store)


def collect(store: Clocked) -> None:
    for _ in range(2):
        store.pass_hours(48)
        carry_out(store, examine(store, LATEST, ask_time(store, secrets.token_hex(16))), nonce=secrets.token_hex(16))


def test_collection_keeps_what_a_channel_needs_and_removes_the_rest(clocked: Clocked) -> None:
    pointers = [apply_secrets(clocked, value, minutes=minutes) for minutes, value in enumerate(("one", "two", "three"))]
    collect(clocked)
    left = {key.removeprefix("releases/").removesuffix(".json") for key in keys_of(clocked, "releases/")}
    assert left == {pointer.release for pointer in pointers[1:]}, "those in force, and those of a rollback"
    assert len(list(keys_of(clocked, "packs/"))) == 2
    assert read_applied(clocked, "production") == production("three")
    roll_back_secrets(clocked)
    assert read_applied(clocked, "production") == production("two")
    with pytest.raises(RefusedError, match="was removed by garbage collection"):
        roll_back_secrets(clocked, 1)


def test_a_flipped_byte_of_secrets_is_found_and_says_whose_they_are(store: FolderStore) -> None:
    deploy(store, A)
    before = set(keys_of(store, "packs/"))
    apply_secrets(store, "one")
    (key,) = set(keys_of(store, "packs/")) - before
    path = Path(store.location) / key
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    for scope in (Scope(("production",)), Scope(everything=True)):
        (fault,) = verify(store, scope).faults
        assert (fault.key, fault.harmed.harm) == (key, Harm.SERVED)
        assert fault.harmed.environments == (CHANNEL,)
    with pytest.raises(AirsideError):
        read_applied(store, "production")


def test_a_lost_pointer_of_secrets_is_told_in_words(store: FolderStore) -> None:
    apply_secrets(store, "one")
    (Path(store.location) / environment_key(CHANNEL)).unlink()
    messages = [finding.message for finding in verify(store, Scope(everything=True)).faults]
    assert "The channel with the secrets of 'production' has a history and no pointer" in messages


def test_what_is_whole_counts_the_secrets_and_their_absence_is_no_fault(store: FolderStore) -> None:
    deploy(store, A)
    assert verify(store, Scope(("production",))).environments == 1
    apply_secrets(store, "one")
    report = verify(store, Scope(("production",)))
    assert (report.environments, report.faults) == (2, ())


def test_the_history_of_a_channel_is_apart_from_that_of_its_environment(store: FolderStore) -> None:
    deploy(store, A)
    apply_secrets(store, "one")
    assert store.read(history_key("production", 1), limit=10**6) != store.read(history_key(CHANNEL, 1), limit=10**6)
    assert read_record(store, next(read_history(store, CHANNEL)).pointer.release).holds == "secrets"


def serve(store: FolderStore, files: dict[str, str], minutes: int) -> str:
    proposal = proposal_of(store, files, second=minutes)
    publish(store, sources(files), proposal.record, base=proposal.served)
    return move(store, proposal, minutes=minutes).release


def test_the_secrets_of_then_are_those_at_the_end_of_the_last_service(store: FolderStore) -> None:
    first = serve(store, A, 10)
    one = apply_secrets(store, "one", minutes=11)
    apply_secrets(store, "two", minutes=12)
    serve(store, B, 12)
    apply_secrets(store, "three", minutes=13)
    then = secrets_then(store, "production", first)
    assert then is not None
    assert (then.generation, one.generation) == (2, 1)


def test_where_there_were_no_secrets_then_there_are_none_to_go_back_to(store: FolderStore) -> None:
    first = serve(store, A, 10)
    serve(store, B, 12)
    apply_secrets(store, "one", minutes=13)
    assert secrets_then(store, "production", first) is None
