"""R1: at every instant every object that an environment can reach exists and is what its name says."""

import secrets

import pytest
from verbs import EVERY, Act, prepare

from airside.base.errors import RefusedError
from airside.conformance.faults import Crash, Killed, Wrapped
from airside.conformance.wholeness import require_whole
from airside.delivery.environments import environment_names, read_current
from airside.store.opening import open_store
from airside.store.port import Store


def memory() -> Store:
    return open_store(f"memory://{secrets.token_hex(8)}", {})


def generations(store: Store) -> dict[str, int]:
    currents = {name: read_current(store, name) for name in environment_names(store)}
    return {name: current.pointer.generation for name, current in currents.items() if current}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("act", EVERY.values(), ids=EVERY.keys())
def test_a_verb_killed_at_any_call_leaves_all_whole_and_can_be_run_again(act: Act, after: bool) -> None:
    whole = memory()
    prepare(whole)
    before, traced = generations(whole), Wrapped(whole)
    act(traced)
    done = generations(whole)
    assert len(traced.writes) >= 2
    for at in range(len(traced.calls)):
        store = memory()
        prepare(store)
        with pytest.raises(Killed):
            act(Crash(store, at=at, after=after))
        require_whole(store)
        left = generations(store)
        assert left in (before, done), f"killed at {traced.calls[at]}"
        try:
            act(store)
        except RefusedError:
            assert left == done, "only a verb that was done before it was killed has nothing left to do"
        require_whole(store)
        assert generations(store).keys() == done.keys()
