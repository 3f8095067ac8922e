import pytest

from airside.base.digest import Digest
from airside.release import keys
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
        (keys.history_key("production", 12), "history/production/00000000000000000012.json"),
    ],
)
def test_keys_follow_the_layout_and_are_keys_of_every_store(key: str, expected: str) -> None:
    assert key == expected
    assert require_key(key) == key


def test_history_sorts_like_its_generations() -> None:
    listed = [keys.history_key("production", generation) for generation in (1, 9, 10, 99, 10**18)]
    assert sorted(listed) == listed
