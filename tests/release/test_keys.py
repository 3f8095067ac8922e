import pytest

from airside.base.digest import Digest
from airside.release import keys, keyspace
from airside.store.port import require_key

DIGEST = Digest.of(b"")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (keys.pack_key(DIGEST), f"packs/{DIGEST}"),
        (keys.tree_key(DIGEST), f"trees/{DIGEST}.json"),
        (keys.description_key(DIGEST), f"descriptions/{DIGEST}"),
        (keys.release_key("20261121-043000-0123abcd"), "releases/20261121-043000-0123abcd.json"),
        (keys.environment_key("preview/my-branch"), "environments/preview/my-branch.json"),
        (keys.environment_key("preview/x~secrets"), "environments/preview/x~secrets.json"),
        (keys.history_key("production", 12), "history/production/00000000000000000012.json"),
    ],
)
def test_keys_follow_the_layout_and_are_keys_of_every_store(key: str, expected: str) -> None:
    assert key == expected
    assert require_key(key) == key


def test_history_sorts_like_its_generations() -> None:
    listed = [keys.history_key("production", generation) for generation in (1, 9, 10, 99, 10**18)]
    assert sorted(listed) == listed


@pytest.mark.parametrize("name", ["production", "production~secrets", "preview/x", "preview/x~secrets"])
def test_what_a_key_is_of_is_told_by_it(name: str) -> None:
    assert keyspace.environment_of(keys.environment_key(name)) == name
    assert keyspace.entry_of(keys.history_key(name, 7)) == (name, 7)


@pytest.mark.parametrize("name", ["~secrets", "a~b", "a~secrets~secrets", "a~secrets/b", "A~secrets", "a/~secrets"])
def test_a_key_of_no_environment_and_no_channel_is_of_nothing(name: str) -> None:
    assert keyspace.environment_of(keys.environment_key(name)) is None
    assert keyspace.entry_of(keys.history_key(name, 7)) is None
