from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, RefusedError, UsageError
from airside.release.encoding import canonical
from airside.release.envelope import Envelope, Signature
from airside.release.pointer import (
    MAX_STATEMENT_BYTES,
    POINTER_TYPE,
    Action,
    Move,
    Pin,
    Pointer,
    Previous,
    SealedPointer,
    advance,
    parse_pointer,
)
from airside.release.record import PAYLOAD_TYPE

NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
RELEASE = "20261121-043000-0123abcd"
NONCE = "f" * 32


def stored(pointer: Pointer) -> bytes:
    return SealedPointer.of(pointer).to_bytes()


def move(*, environment: str = "production", workspace: str = "sales", reason: str = "", tree: str = "x") -> Move:
    return Move(
        environment=environment,
        workspace=workspace,
        action="deploy",
        release=RELEASE,
        tree=Digest.of(tree.encode()),
        actor="ana",
        reason=reason,
    )


moves = st.builds(
    Move,
    environment=st.just("production"),
    workspace=st.just("sales"),
    action=st.sampled_from(get_args(Action)),
    release=st.just(RELEASE),
    tree=st.binary(max_size=3).map(Digest.of),
    actor=st.text(st.characters(codec="utf-8"), max_size=9),
    reason=st.text(st.characters(codec="utf-8"), max_size=9),
    pin=st.none() | st.builds(Pin, by=st.just("ana"), at=st.just("2026-11-21T04:30:00Z"), reason=st.just("x")),
    restores=st.none() | st.integers(1, 9),
)


@given(st.lists(st.tuples(moves, st.integers(-(10**6), 10**6)), min_size=1, max_size=6))
def test_generations_go_up_by_one_whatever_the_clock_says(steps: list[tuple[Move, int]]) -> None:
    current: Pointer | None = None
    for number, (asked, skew) in enumerate(steps, start=1):
        before = SealedPointer.of(current) if current else None
        after = advance(before, asked, now=NOW + timedelta(seconds=skew), op_id=f"{number:032x}")
        assert after.generation == number
        assert after.previous == (
            current
            and Previous(
                generation=number - 1,
                release=current.release,
                tree=current.tree,
                digest=Digest.of(canonical(current)),
            )
        )
        assert (after.tree, after.pin, after.action) == (asked.tree, asked.pin, asked.action)
        assert parse_pointer(stored(after), "production").pointer == after
        current = after


def test_the_same_move_twice_has_other_bytes() -> None:
    first = advance(None, move(), now=NOW, op_id=NONCE)
    again = advance(None, move(), now=NOW, op_id="e" * 32)
    assert stored(first) != stored(again)


def test_a_pointer_follows_the_one_it_was_made_from_and_no_other_of_its_generation() -> None:
    first = SealedPointer.of(advance(None, move(reason="a"), now=NOW, op_id=NONCE))
    second = SealedPointer.of(advance(first, move(), now=NOW, op_id="e" * 32))
    told = SealedPointer.of(advance(None, move(reason="b"), now=NOW, op_id=NONCE))
    assert second.follows(first)
    assert not second.follows(told), "the reason was changed afterwards"
    assert not first.follows(second)


def test_an_environment_serves_one_workspace() -> None:
    current = SealedPointer.of(advance(None, move(), now=NOW, op_id=NONCE))
    with pytest.raises(RefusedError, match="serves releases of workspace 'sales'"):
        advance(current, move(workspace="marketing"), now=NOW, op_id=NONCE)


def test_a_pointer_moves_no_other_environment() -> None:
    current = SealedPointer.of(advance(None, move(), now=NOW, op_id=NONCE))
    with pytest.raises(RefusedError):
        advance(current, move(environment="preprod"), now=NOW, op_id=NONCE)


def test_a_pointer_that_no_reader_would_take_is_not_made() -> None:
    with pytest.raises(UsageError, match="more than 32768") as caught:
        advance(None, move(reason="x" * MAX_STATEMENT_BYTES), now=NOW, op_id=NONCE)
    assert caught.value.hint == "Shorten the reason."


def test_a_pointer_replayed_into_another_environment_is_refused() -> None:
    data = stored(advance(None, move(environment="dev"), now=NOW, op_id=NONCE))
    with pytest.raises(IntegrityError, match="The pointer of environment 'production' is that of 'dev'"):
        parse_pointer(data, "production")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"generation":2', b'"generation":0'),
        (b'"generation":2', b'"generation":-1'),
        (b'"generation":2', b'"generation":9'),
        (b'"generation":2', b'"generation":2.5'),
        (NONCE.encode(), b"zz"),
        (NONCE.encode(), NONCE.encode() + b"\\n"),
        (b'"deploy"', b'"destroy"'),
        (RELEASE.encode(), b"../../secret"),
        (RELEASE.encode(), RELEASE.encode() + b"\\n"),
        (b'"tree":"sha256-', b'"tree":"sha512-'),
        (b'"kind":"pointer"', b'"kind":"tree"'),
    ],
)
def test_a_malformed_pointer_is_refused(old: bytes, new: bytes) -> None:
    first = SealedPointer.of(advance(None, move(), now=NOW, op_id="0" * 32))
    payload = canonical(advance(first, move(), now=NOW, op_id=NONCE))
    assert old in payload
    with pytest.raises(IntegrityError, match="The pointer of environment 'production'"):
        parse_pointer(Envelope(payload.replace(old, new), POINTER_TYPE).to_bytes(), "production")


def test_a_newer_format_is_refused() -> None:
    payload = canonical(advance(None, move(), now=NOW, op_id=NONCE)).replace(b'"format":1', b'"format":2')
    with pytest.raises(UsageError, match="has format 2"):
        parse_pointer(Envelope(payload, POINTER_TYPE).to_bytes(), "production")


def test_unknown_fields_are_ignored_and_kept() -> None:
    payload = canonical(advance(None, move(), now=NOW, op_id=NONCE)).replace(b'{"action"', b'{"a":1,"action"')
    data = Envelope(payload, POINTER_TYPE, (Signature("k", "c2ln"),)).to_bytes()
    assert parse_pointer(data, "production").to_bytes() == data


def test_a_record_is_no_pointer() -> None:
    payload = canonical(advance(None, move(), now=NOW, op_id=NONCE))
    with pytest.raises(IntegrityError, match=r"is of another type: 'application/vnd\.in-toto"):
        parse_pointer(Envelope(payload, PAYLOAD_TYPE).to_bytes(), "production")
