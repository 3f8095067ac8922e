from collections.abc import Callable
from pathlib import Path

import pytest

from airside.config.names import config_names

Write = Callable[[str, str | bytes], Path]


def names(root: Path, environment: str = "preprod") -> frozenset[str]:
    found, whole = config_names(root, environment)
    assert whole
    return found


def test_names_are_those_of_folders_files_and_keys(root: Path, write: Write) -> None:
    write("sales/orders.yaml", "load: {batch: 1}\nhosts: [{name: a}]\n")
    assert names(root) == {
        "configs/sales/orders.yaml",
        "sales",
        "sales.orders",
        "sales.orders.load",
        "sales.orders.load.batch",
        "sales.orders.hosts",
        "sales.orders.hosts.0",
        "sales.orders.hosts.0.name",
    }


def test_an_environment_has_base_and_its_own_layer(root: Path, write: Write) -> None:
    write("orders.yaml", "a: {x: 1}\nb: 1\n")
    write("environments/preprod/orders.yaml", "a: null\nc: 1\n")
    write("environments/production/orders.yaml", "d: 1\n")
    write("local/orders.yaml", "e: 1\n")
    assert {name for name in names(root) if "/" not in name} == {"orders", "orders.a", "orders.b", "orders.c"}
    assert "orders.d" in names(root, "production")
    assert "orders.e" not in names(root, "dev")


def test_what_an_environment_has_to_set_is_not_there_until_it_does(root: Path, write: Write) -> None:
    write("orders.yaml", "a: ???\n")
    write("environments/preprod/orders.yaml", "a: 1\n")
    assert "orders.a" in names(root)
    assert "orders.a" not in names(root, "production")


def test_a_reference_has_the_keys_of_what_it_leads_to(root: Path, write: Write) -> None:
    write("orders.yaml", "table: ${tables.orders}\nagain: ${.table}\ncircle: ${.circle}\n")
    write("tables.yaml", "orders: {name: o}\n")
    assert {"orders.table.name", "orders.again.name"} <= names(root)


@pytest.mark.parametrize("text", ["{% if x %}\na: b\n", "a: 1\n---\nb: 1\n", "a: ${b.${c}}\n"])
def test_where_a_file_cannot_be_told_these_are_not_all_names(root: Path, write: Write, text: str) -> None:
    write("orders.yaml", text)
    write("sales.yaml", "x: 1\n")
    found, whole = config_names(root, "preprod")
    assert not whole
    assert {"orders", "sales.x"} <= found
    assert "orders.b" not in found


def test_what_is_wrong_with_a_value_hides_no_name(root: Path, write: Write) -> None:
    write("orders.yaml", "a: no\nb: &b\n  c: *b\n")
    assert {"orders.a", "orders.b.c"} <= names(root)


def test_without_configs_there_are_none(root: Path) -> None:
    assert names(root) == frozenset()
