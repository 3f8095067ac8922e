"""R2: writers write packs, tree, release, pointer, history; readers read in reverse."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipping import NOW, REQUEST
from verbs import EVERY, Act, prepare

from airside.conformance.faults import Wrapped
from airside.conformance.releases import Sample
from airside.conformance.wholeness import restore
from airside.delivery.environments import read_current, read_record
from airside.store.folder import FolderStore
from airside.store.opening import open_store

ORDER = ["packs", "trees", "descriptions", "releases", "environments", "history"]


def kinds(calls: list[str]) -> list[str]:
    return [call.split()[1].split("/")[0] for call in calls]


def is_ordered(written: list[str]) -> bool:
    # The entry of the move before may be missing; it is written before the pointer that builds on it.
    first = written.index("environments")
    assert [kind for kind in written[first + 1 :] if kind != "history"] == []
    content = [kind for kind in written[:first] if kind != "history"]
    return content == sorted(content, key=ORDER.index)


@pytest.mark.parametrize("act", EVERY.values(), ids=EVERY.keys())
def test_every_verb_writes_content_first_and_what_refers_to_it_later(store: FolderStore, act: Act) -> None:
    prepare(store)
    traced = Wrapped(store)
    act(traced)
    assert is_ordered(kinds(traced.writes))
    assert kinds(traced.writes)[-2:] == ["environments", "history"]


@given(st.dictionaries(st.sampled_from(["dags/a.py", "dags/b.py", "lib/c.py"]), st.text(max_size=9), min_size=1))
def test_a_deploy_of_any_files_writes_content_first(texts: dict[str, str]) -> None:
    traced = Wrapped(open_store(f"memory://{id(texts)}", {}))
    Sample.of(texts, now=NOW).deploy(traced, REQUEST, now=NOW)
    assert is_ordered(kinds(traced.writes))


def test_a_reader_reads_pointer_tree_and_packs_and_lists_nothing(store: FolderStore, tmp_path: Path) -> None:
    prepare(store)
    traced = Wrapped(store)
    restore(traced, tmp_path / "restored", ["production"])
    assert list(dict.fromkeys(kinds(traced.calls))) == ["environments", "trees", "packs"]
    assert all(call.startswith("read ") for call in traced.calls)


def test_a_reader_of_the_release_reads_it_after_the_pointer(store: FolderStore) -> None:
    prepare(store)
    traced = Wrapped(store)
    current = read_current(traced, "production")
    assert current
    read_record(traced, current.pointer.release)
    assert kinds(traced.calls) == ["environments", "releases"]
