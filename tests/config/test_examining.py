from collections.abc import Callable
from pathlib import Path

import pytest

from airside.config.examining import examine

Write = Callable[[str, str | bytes], Path]

ENVIRONMENTS = ("preprod", "production", "preview/shop")


def told(root: Path) -> list[str]:
    return [f"{r.kind} {r.severity} {r.file}:{r.line} {r.message}" for r in examine(root, ENVIRONMENTS)]


def test_in_good_configs_there_is_nothing(root: Path, write: Write) -> None:
    write("sales/orders.yaml", "load: {batch: 100, limit: '${shared.limit}', home: '${oc.env:X}'}\nbucket: ???\n")
    write("shared.yaml", "limit: 1\nhosts: {host1: a}\n")
    write("environments/preprod/sales/orders.yaml", "load: {batch: 1, own: 2}\nbucket: x\n")
    write("environments/preprod/shared.yaml", "hosts: {host2: b}\n")
    write("environments/preview/shared.yaml", "limit: ${.hosts.host1}\n")
    write("environments/preview--other/shared.yaml", "limit: null\n")
    write("environments/dev/shared.yaml", "limit: 3\n")
    assert told(root) == []


def test_without_configs_there_is_nothing(root: Path) -> None:
    assert told(root) == []


def test_a_file_that_cannot_be_read_is_told_in_every_layer_but_the_local_one(root: Path, write: Write) -> None:
    for place in ("a.yaml", "environments/preprod/a.yaml", "local/a.yaml"):
        write(place, "x: 1\ny: no\n")
    said = "no may be meant as a boolean or as a word: write false, or 'no' in quotes"
    assert told(root) == [f"invalid error configs/{p}:2 {said}" for p in ("a.yaml", "environments/preprod/a.yaml")]


def test_all_faults_of_all_files_are_told(root: Path, write: Write) -> None:
    write("a.yaml", "x: 1\nx: 012\n")
    write("b.yaml", "[\n")
    assert [remark.split()[2] for remark in told(root)] == ["configs/a.yaml:2", "configs/a.yaml:2", "configs/b.yaml:2"]


def test_a_name_that_two_files_have_is_told(root: Path, write: Write) -> None:
    write("sales.yaml", "orders:\n  batch: 1\n  limit: 2\n")
    write("sales/orders.yaml", "limit: 1\nbatch: 3\n")
    assert told(root) == [
        f"invalid error configs/sales.yaml:{line} the config 'sales.orders.{key}' is in another file too: "
        f"configs/sales/orders.yaml:{other}"
        for line, key, other in ((2, "batch", 2), (3, "limit", 1))
    ]


def test_a_file_that_no_name_leads_to_is_told(root: Path, write: Write) -> None:
    write("local.yaml", "a: 1\n")
    write("environments/preprod.yaml", "a: 1\n")
    write("sales.v2.yaml", "a: 1\n")
    assert {remark.split()[2] for remark in told(root)} == {
        "configs/local.yaml:1",
        "configs/environments/preprod.yaml:1",
        "configs/sales.v2.yaml:1",
    }


@pytest.mark.parametrize("text", ["${nope.x}", "${a", "${.a}", "${..a}"])
def test_a_reference_that_leads_nowhere_is_told_once(root: Path, write: Write, text: str) -> None:
    write("orders.yaml", f"b: 1\na: '{text}'\n")
    (said,) = told(root)
    assert said.startswith("invalid error configs/orders.yaml:2 the config 'orders.a'") or "itself" in said


def test_a_reference_is_followed_in_every_environment(root: Path, write: Write) -> None:
    write("orders.yaml", "a: ${tables.orders.name}\n")
    write("tables.yaml", "orders: {name: x}\n")
    write("environments/production/tables.yaml", "orders: null\n")
    (said,) = told(root)
    assert "configs/orders.yaml:1" in said


def test_a_mistyped_key_of_a_layer_is_told(root: Path, write: Write) -> None:
    write("orders.yaml", "load: {batch_size: 1, hosts: [a]}\n")
    file = "configs/environments/production/orders.yaml"
    write("environments/production/orders.yaml", "load:\n  batch_sise: 2\n  hosts: {a: 1}\n")
    assert told(root) == [
        f"layer warning {file}:2 base has no config 'orders.load.batch_sise'; did you mean 'batch_size'?",
        f"layer warning {file}:3 'orders.load.hosts' is a mapping here, and a list in configs/orders.yaml:1",
    ]


def test_a_layer_of_no_environment_is_told(root: Path, write: Write) -> None:
    write("environments/prepord/orders.yaml", "a: 1\n")
    said = "airside.toml declares no environment 'prepord'; did you mean 'preprod'?"
    assert told(root) == [f"layer warning configs/environments/prepord/orders.yaml:1 {said}"]
    assert list(examine(root, ())) == []
