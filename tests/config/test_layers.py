from collections.abc import Callable
from pathlib import Path

import pytest

from airside import config
from airside.base.errors import ConfigError, MissingConfigError
from airside.config.configs import Configs

Write = Callable[[str, str | bytes], Path]
Serve = Callable[[Path, str], None]


@pytest.fixture(autouse=True)
def layers(write: Write) -> None:
    write("sales/orders.yaml", "load: {batch: 100, hosts: [a, b], retry: {wait: 1, times: 3}}\n")
    write("environments/preprod/sales/orders.yaml", "load: {batch: 10, hosts: [c], retry: {times: 1}}\n")
    write("environments/preview/sales/orders.yaml", "load: {batch: 5, hosts: [d]}\n")
    write("environments/preview--new-shop/sales/orders.yaml", "load: {batch: 1}\n")
    write("environments/dev/sales/orders.yaml", "load: {batch: 2}\n")
    write("local/sales/orders.yaml", "load: {batch: 3}\n")


def test_layers_are_merged_by_key_and_lists_are_replaced(root: Path, serve: Serve) -> None:
    serve(root, "preprod")
    assert config.get("sales.orders.load") == {"batch": 10, "hosts": ["c"], "retry": {"wait": 1, "times": 1}}
    assert config.get("sales.orders.load.retry.wait") == 1


def test_a_preview_has_what_all_previews_have_and_its_own(root: Path) -> None:
    found = Configs(root, "preview/new-shop").value("sales.orders.load").value
    assert (found["batch"], found["hosts"], found["retry"]["wait"]) == (1, ["d"], 1)
    assert Configs(root, "preview/other").value("sales.orders.load.batch").value == 5


def test_an_environment_without_a_layer_has_base(root: Path) -> None:
    assert Configs(root, "production").value("sales.orders.load.batch").value == 100


def test_what_belongs_to_this_machine_wins_in_its_own_environment_alone(
    root: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config.get("sales.orders.load.batch") == 3
    assert Configs(root, "dev", local=False).value("sales.orders.load.batch").value == 2
    monkeypatch.setenv("AIRSIDE_ENVIRONMENT", "preprod")
    assert config.get("sales.orders.load.batch") == 10


def test_a_layer_may_cut_its_files_as_it_likes(root: Path, write: Write) -> None:
    write("environments/production/sales.yaml", "orders: {load: {batch: 1000}}\n")
    found = Configs(root, "production").value("sales.orders.load")
    assert found.value["batch"] == 1000
    assert found.node.child("batch").place == "configs/environments/production/sales.yaml:1"  # type: ignore[union-attr]


def test_a_config_may_be_there_for_one_environment_alone(root: Path, write: Write) -> None:
    write("environments/production/alerts.yaml", "to: ops\n")
    assert Configs(root, "production").value("alerts.to").value == "ops"
    with pytest.raises(MissingConfigError, match=r"Environment 'preprod' has no config 'alerts\.to'"):
        Configs(root, "preprod").value("alerts.to")


def test_null_takes_a_value_away_and_a_mapping_takes_its_place(root: Path, write: Write) -> None:
    write("environments/production/sales/orders.yaml", "load: {retry: null, batch: {small: 1}}\n")
    found = Configs(root, "production").value("sales.orders.load").value
    assert (found["retry"], found["batch"]) == (None, {"small": 1})


def test_below_what_a_layer_takes_away_there_is_nothing(root: Path, write: Write) -> None:
    write("environments/production/sales/orders.yaml", "load: {retry: null, hosts: [x], batch: {small: 1}}\n")
    configs = Configs(root, "production")
    for name in ("sales.orders.load.retry.wait", "sales.orders.load.hosts.1"):
        with pytest.raises(MissingConfigError):
            configs.value(name)
    assert configs.value("sales.orders.load.batch.small").value == 1


def test_three_question_marks_are_for_each_environment_to_set(root: Path, write: Write) -> None:
    write("bucket.yaml", "name: ???\nregion: eu\n")
    write("environments/preprod/bucket.yaml", "name: sales-preprod\n")
    assert Configs(root, "preprod").value("bucket").value == {"name": "sales-preprod", "region": "eu"}
    for name in ("bucket", "bucket.name"):
        with pytest.raises(MissingConfigError, match=r"configs/bucket\.yaml:1: the config 'bucket\.name' has no value"):
            Configs(root, "production").value(name)
    assert Configs(root, "production").value("bucket.region").value == "eu"


def test_layers_are_no_configs_themselves(root: Path) -> None:
    everything = Configs(root, "production").find(())
    assert everything is not None
    assert list(dict(everything.children())) == ["sales"]


def test_a_broken_file_of_another_environment_is_nobodys_concern(root: Path, write: Write) -> None:
    write("environments/production/sales/orders.yaml", "load: [\n")
    assert Configs(root, "preprod").value("sales.orders.load.batch").value == 10
    with pytest.raises(ConfigError, match=r"configs/environments/production/sales/orders\.yaml"):
        Configs(root, "production").value("sales.orders.load.batch")
