import copy
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from airside import config
from airside.base.errors import MissingConfigError
from airside.config import Config

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def orders(write: Write) -> Any:  # noqa: ANN401 - what `get` gives
    write("orders.yaml", "load:\n  batch: 100\n  items: 3\n  hosts: [{name: a}]\n")
    return config.get("orders")


def test_keys_are_items_and_attributes(orders: Any) -> None:  # noqa: ANN401
    assert orders.load.batch == orders["load"]["batch"] == 100
    assert orders.load.hosts[0].name == "a"
    assert orders.load["items"] == 3
    assert "load" in dir(orders)


def test_it_is_a_dict_to_everybody_else(orders: Any) -> None:  # noqa: ANN401
    assert isinstance(orders, dict)
    assert json.loads(json.dumps(orders)) == orders
    assert dict(**orders) == orders
    assert orders.get("nope", 1) == 1
    assert "nope" not in orders
    assert not hasattr(orders, "nope")


def test_a_key_that_is_not_there_is_told_with_the_place(orders: Any) -> None:  # noqa: ANN401
    expected = "configs/orders.yaml:1: the config 'orders.load' has no key 'bach'; did you mean 'batch'?"
    with pytest.raises(MissingConfigError) as caught:
        _ = orders.load.bach
    assert str(caught.value) == expected
    with pytest.raises(KeyError, match="did you mean 'batch'"):
        _ = orders.load["bach"]
    with pytest.raises(AttributeError):
        _ = orders.load.bach


CHANGES: dict[str, Callable[[Any], object]] = {
    "item": lambda c: c.__setitem__("a", 1),
    "attribute": lambda c: setattr(c, "a", 1),
    "deletion": lambda c: c.__delitem__("load"),
    "deletion of an attribute": lambda c: delattr(c, "load"),
    "update": lambda c: c.update(a=1),
    "or": lambda c: c.__ior__({"a": 1}),
    "pop": lambda c: c.pop("load"),
    "popitem": lambda c: c.popitem(),
    "clear": lambda c: c.clear(),
    "setdefault": lambda c: c.setdefault("a", 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_read_only(orders: Any, change: str) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="read-only"):
        CHANGES[change](orders)
    assert list(orders) == ["load"]


def test_a_copy_can_be_changed(orders: Any) -> None:  # noqa: ANN401
    for made in (dict(orders), copy.deepcopy(orders)):
        made["a"] = 1
    deep = copy.deepcopy(orders)
    deep["load"]["batch"] = 1
    assert orders.load.batch == 100


def test_it_survives_the_way_to_another_process(orders: Any) -> None:  # noqa: ANN401
    again = pickle.loads(pickle.dumps(orders))  # noqa: S301 - made here
    assert again == orders
    assert isinstance(again, Config)
    with pytest.raises(MissingConfigError, match="did you mean 'batch'"):
        _ = again.load.bach
