"""R9: 412 means lost; 409, 5xx and silence mean unknown: the writer looks again, and knows its move by its nonce."""

import pytest
from verbs import EVERY, Act, prepare

from airside.base.errors import LostRaceError, StoreUnavailableError
from airside.conformance.faults import LostReply, LostRequest, Repeating
from airside.conformance.wholeness import require_whole
from airside.delivery.environments import environment_names, read_current
from airside.store.folder import FolderStore


def generations(store: FolderStore) -> int:
    currents = [read_current(store, name) for name in environment_names(store)]
    return sum(current.pointer.generation for current in currents if current)


@pytest.mark.parametrize("fault", [LostReply, Repeating])
@pytest.mark.parametrize("act", EVERY.values(), ids=EVERY.keys())
def test_a_move_whose_answer_was_lost_is_made_once_and_known_as_ones_own(
    store: FolderStore, act: Act, fault: type[LostReply | Repeating]
) -> None:
    prepare(store)
    before = generations(store)
    act(fault(store))
    assert generations(store) == before + 1
    require_whole(store)


@pytest.mark.parametrize("prefix", ["packs/", "trees/", "releases/"])
def test_content_whose_answer_was_lost_moves_nothing_and_can_be_sent_again(store: FolderStore, prefix: str) -> None:
    prepare(store)
    before = generations(store)
    with pytest.raises(StoreUnavailableError):
        EVERY["another deploy"](LostReply(store, prefix=prefix))
    assert generations(store) == before
    EVERY["another deploy"](store)
    assert generations(store) == before + 1


@pytest.mark.parametrize("act", EVERY.values(), ids=EVERY.keys())
def test_a_move_that_never_reached_the_store_is_told_as_not_made(store: FolderStore, act: Act) -> None:
    prepare(store)
    before = generations(store)
    with pytest.raises(StoreUnavailableError, match="was not moved") as caught:
        act(LostRequest(store))
    assert caught.value.hint == "Run the command again."
    assert generations(store) == before
    act(store)


@pytest.mark.parametrize("fault", [LostReply, LostRequest])
def test_a_race_that_was_lost_without_an_answer_is_told_as_lost(store: FolderStore, fault: type[LostReply]) -> None:
    prepare(store)

    class Overtaken(fault):  # type: ignore[misc,valid-type]
        def create(self, key: str, data: bytes) -> bool:
            if key.startswith("releases/"):
                EVERY["unpin"](store)
            return bool(super().create(key, data))

    with pytest.raises(LostRaceError, match="from generation 3 to 4, unpin"):
        EVERY["another deploy"](Overtaken(store))
