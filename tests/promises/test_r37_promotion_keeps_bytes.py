"""R37: a promotion keeps every byte: the files of both environments are one tree."""

from pathlib import Path

from shipping import REQUEST, apply, deploy
from verbs import PREPROD, B

from airside.conformance.wholeness import digest_on_disk, restore
from airside.delivery.moves import propose_promotion
from airside.store.folder import FolderStore


def test_the_files_of_both_environments_are_the_same_on_two_machines(store: FolderStore, tmp_path: Path) -> None:
    deploy(store, {**B, "lib/größe.sql": "select 1\n", "lib/empty": ""}, request=PREPROD)
    apply(store, propose_promotion(store, REQUEST, "preprod"))
    first = restore(store, tmp_path / "one", ["preprod"])["preprod"]
    second = restore(store, tmp_path / "other", ["production"])["production"]
    assert first == second
    assert digest_on_disk(tmp_path / "one" / "versions" / first) == digest_on_disk(
        tmp_path / "other" / "versions" / second
    )
