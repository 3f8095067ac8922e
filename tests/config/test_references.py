from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from airside import config
from airside.base.errors import ConfigError, MissingConfigError
from airside.config import files
from airside.config.configs import Configs
from airside.config.references import references

Write = Callable[[str, str | bytes], Path]


def test_references_lead_to_other_configs(write: Write) -> None:
    write("sales/customers.yaml", "limit: 7\ntable: {name: customers, keys: [id, region]}\n")
    write(
        "sales/orders.yaml",
        "load:\n  limit: ${sales.customers.limit}\n  own: ${.limit}\n"
        "  up: ${..save.wait}\n  far: ${...customers.limit}\n"
        "  text: at most ${sales.customers.limit} of ${sales.customers.table.name}\n  table: ${sales.customers.table}\n"
        "  key: ${sales.customers.table.keys[1]}\nsave: {wait: 1.5}\n",
    )
    assert config.get("sales.orders.load") == {
        "limit": 7,
        "own": 7,
        "up": 1.5,
        "far": 7,
        "text": "at most 7 of customers",
        "table": {"name": "customers", "keys": ["id", "region"]},
        "key": "region",
    }
    assert config.get("sales.orders.load.own") == 7


def test_a_name_may_lead_through_references(write: Write) -> None:
    write("orders.yaml", "table: ${tables.orders}\nagain: ${.table}\n")
    write("tables.yaml", "orders: {name: o, keys: [id]}\n")
    assert config.get("orders.table.name") == config.get("orders.again.name") == "o"
    assert config.get("orders.again.keys.0") == "id"
    with pytest.raises(MissingConfigError):
        config.get("orders.again.keys.1")
    write("more.yaml", "name: ${orders.again.name}\n")
    assert config.get("more.name") == "o"


def test_references_lead_through_lists(write: Write) -> None:
    write("hosts.yaml", "all:\n- {name: a, port: 1}\n- {name: b, port: '${..[0].port}'}\nfirst: ${.all[0].name}\n")
    assert config.get("hosts.all.1.port") == 1
    assert config.get("hosts.first") == "a"
    write("other.yaml", "port: ${hosts.all.1.port}\n")
    assert config.get("other.port") == 1


def test_a_reference_sees_what_the_environment_has(root: Path, write: Write) -> None:
    write("base.yaml", "bucket: sales\n")
    write("environments/preprod/base.yaml", "bucket: sales-preprod\n")
    write("orders.yaml", "path: s3://${base.bucket}/orders\n")
    assert Configs(root, "preprod").value("orders.path").value == "s3://sales-preprod/orders"
    assert Configs(root, "production").value("orders.path").value == "s3://sales/orders"


def test_environment_variables_are_read_when_the_config_is(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("orders.yaml", "region: ${oc.env:REGION}\nzone: ${oc.env:ZONE,${.fallback}}\nfallback: b\n")
    monkeypatch.setenv("REGION", "eu")
    assert config.get("orders") == {"region": "eu", "zone": "b", "fallback": "b"}
    monkeypatch.delenv("REGION")
    with pytest.raises(ConfigError, match=r"configs/orders\.yaml:1: the config 'orders\.region': .*'REGION' not found"):
        config.get("orders")


def test_a_backslash_keeps_a_reference_as_it_is(write: Write) -> None:
    write("orders.yaml", "command: echo \\${HOME}\n")
    assert config.get("orders.command") == "echo ${HOME}"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read."""
    seen: list[str] = []
    read_file = files.read_file

    def watched(root: Path, file: str) -> object:
        found = read_file(root, file)
        if found is not None:
            seen.append(file)
        return found

    monkeypatch.setattr(files, "read_file", watched)
    return seen


def test_only_the_files_that_are_meant_are_read(write: Write, read: list[str]) -> None:
    write("sales/orders.yaml", "a: ${sales.customers.b}\n")
    write("sales/customers.yaml", "b: ${other.c}\n")
    write("sales/broken.yaml", "[\n")
    write("other.yaml", "c: 1\n")
    assert config.get("sales.orders.a") == 1
    assert set(read) == {"configs/sales/orders.yaml", "configs/sales/customers.yaml", "configs/other.yaml"}


def test_where_a_reference_is_made_of_others_everything_is_read(write: Write) -> None:
    write("orders.yaml", "kind: small\nlimit: ${limits.${.kind}}\n")
    write("limits.yaml", "small: 1\n")
    assert config.get("orders.limit") == 1


@pytest.fixture
def _doubling() -> Iterator[None]:
    OmegaConf.register_resolver("twice", lambda value: 2 * value)
    yield
    OmegaConf.clear_resolver("twice")


@pytest.mark.usefixtures("_doubling")
def test_a_team_may_register_resolvers_of_its_own(write: Write) -> None:
    write("orders.yaml", "limit: ${twice:${other.limit}}\nkeys: ${oc.dict.keys:other}\n")
    write("other.yaml", "limit: 4\n")
    assert config.get("orders") == {"limit": 8, "keys": ["limit"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${sales.nope}", "it refers to 'sales.nope', which no config has"),
        ("${othr.limit}", "it refers to 'othr.limit', which no config has; did you mean 'other.limit'?"),
        ("${other.limit", "the config 'orders.a'"),
        ("${orders.a}", ""),
        ("${orders}", ""),
        ("${nobody:1}", "Unsupported interpolation type nobody"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_with_its_line(write: Write, text: str, said: str) -> None:
    write("orders.yaml", f"b: 1\na: '{text}'\n")
    write("other.yaml", "limit: 4\n")
    for name in ("orders", "orders.a"):
        with pytest.raises(ConfigError, match=r"configs/orders\.yaml:\d: ") as caught:
            config.get(name)
        assert said in str(caught.value)


def test_a_broken_reference_elsewhere_in_the_file_is_nobodys_concern(write: Write) -> None:
    write("orders.yaml", "b: 1\na: ${nope}\n")
    assert config.get("orders.b") == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("${a.b}", [("a", "b")]),
        ("x ${a.b} ${c[0].d}", [("a", "b"), ("c", "0", "d")]),
        ("${.e}", [("x", "y", "e")]),
        ("${...e}", [("e",)]),
        ("${oc.env:A,${a.b}}", [("a", "b")]),
        ("${oc.select:a.b}", [()]),
        ("${a.${.b}}", [("x", "y", "b"), ()]),
        ("{a} $x", []),
    ],
)
def test_what_a_text_refers_to_is_known_before_it_is_followed(text: str, names: list[tuple[str, ...]]) -> None:
    assert list(references(text, ("x", "y", "z"))) == names


def test_a_circle_of_references_is_told(write: Write) -> None:
    write("orders.yaml", "a: ${.b}\nb: ${orders.a}\n")
    with pytest.raises(
        ConfigError, match=r"configs/orders\.yaml:1: the config 'orders\.a': its references go in a circle"
    ):
        config.get("orders.a")
