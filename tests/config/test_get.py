import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from airside import config
from airside.base.errors import ConfigError, MissingConfigError, UsageError

Write = Callable[[str, str | bytes], Path]
Serve = Callable[[Path, str], None]


def test_a_config_is_a_key_of_a_file_or_a_file(write: Write) -> None:
    write("sales/orders.yaml", "load:\n  batch: 100\n")
    write("sales/returns/load.yml", "batch: 7\n")
    assert config.get("sales.orders.load") == {"batch": 100}
    assert config.get("sales.orders.load.batch") == 100
    assert config.get("sales.orders") == {"load": {"batch": 100}}
    assert config.get("sales.returns.load").batch == 7


def test_a_folder_is_a_mapping_of_all_its_files(write: Write) -> None:
    write("sales/orders.yaml", "batch: 1\n")
    write("sales/returns/load.yaml", "batch: 2\n")
    write("sales.yaml", "currency: EUR\n")
    write("sales/.hidden.yaml", "x: 1\n")
    write("sales/notes.txt", "x")
    expected = {"currency": "EUR", "orders": {"batch": 1}, "returns": {"load": {"batch": 2}}}
    assert config.get("sales") == expected


def test_positions_in_lists_are_part_of_a_name(write: Write) -> None:
    write("hosts.yaml", "- name: a\n- name: b\n")
    assert config.get("hosts.1.name") == "b"
    assert config.get("hosts") == [{"name": "a"}, {"name": "b"}]
    with pytest.raises(MissingConfigError):
        config.get("hosts.2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("orders.yaml", "orders.yml"),
        ("sales/orders/load.yaml", "sales/orders.yaml"),
        ("sales/orders.yaml", "sales.yml"),
    ],
)
def test_a_name_that_two_files_have_is_refused_and_both_are_named(write: Write, one: str, other: str) -> None:
    name = one.rpartition(".")[0].replace("/", ".")
    write(one, "batch: 1\n")
    depth = len(one.split("/")) - len(other.split("/"))
    inner = name.split(".")[len(name.split(".")) - depth :] if depth else []
    write(other, "".join(f"{'  ' * i}{part}:\n" for i, part in enumerate(inner)) + "  " * len(inner) + "batch: 2\n")
    with pytest.raises(ConfigError, match=r"in two files") as caught:
        config.get(f"{name}.batch")
    assert f"configs/{one}:" in str(caught.value)
    assert f"configs/{other}:" in str(caught.value)


def test_what_is_not_there_is_told_with_the_place_and_what_is_near(write: Write) -> None:
    write("sales/orders.yaml", "\nload:\n  batch: 100\n")
    with pytest.raises(MissingConfigError) as caught:
        config.get("sales.orders.load.bach")
    assert str(caught.value) == (
        "configs/sales/orders.yaml:2: environment 'dev' has no config 'sales.orders.load.bach'; "
        "did you mean 'sales.orders.load.batch'?"
    )
    with pytest.raises(KeyError, match=r"did you mean 'sales\.orders'"):
        config.get("sales.order")


def test_a_default_is_for_what_is_not_there_alone(write: Write) -> None:
    write("orders.yaml", "batch: null\n")
    write("broken.yaml", "batch: [\n")
    assert config.get("orders.limit", default=3) == 3
    assert config.get("orders.limit", default=None) is None
    assert config.get("orders.batch", default=3) is None
    with pytest.raises(ConfigError):
        config.get("broken.batch", default=3)


def test_without_configs_the_error_says_where_they_are_looked_for(root: Path) -> None:
    with pytest.raises(MissingConfigError) as caught:
        config.get("orders")
    assert str(root / "configs") in (caught.value.hint or "")
    assert config.get("orders", default=1) == 1


@pytest.mark.parametrize("name", ["", "a..b", ".a", "a/b", "../x", "environments.dev.orders", "local.orders", "a\0b"])
def test_what_is_no_name_is_refused(write: Write, name: str) -> None:
    write("environments/dev/orders.yaml", "x: 1\n")
    with pytest.raises(ConfigError, match="cannot name a config"):
        config.get(name)


def test_a_change_is_seen_at_once(write: Write) -> None:
    path = write("orders.yaml", "batch: 1\n")
    assert config.get("orders.batch") == 1
    path.write_text("batch: 20\n")
    assert config.get("orders.batch") == 20
    path.unlink()
    assert config.get("orders.batch", default=0) == 0


def test_what_one_caller_does_to_a_list_no_other_one_sees(write: Write) -> None:
    write("orders.yaml", "hosts: [a]\n")
    config.get("orders.hosts").append("b")
    assert config.get("orders.hosts") == ["a"]


def test_outside_of_a_workspace_nothing_is_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="no workspace"):
        config.get("orders")


def test_a_pinned_run_reads_the_configs_of_its_own_release(root: Path, write: Write, serve: Serve) -> None:
    write("orders.yaml", "batch: 1\n")
    for version, batch in (("a", 10), ("b", 20)):
        tree = root / "versions" / version
        (tree / "configs" / "environments" / "preprod").mkdir(parents=True)
        (tree / "configs" / "orders.yaml").write_text(f"batch: {batch}\nlimit: 1\n")
        (tree / "configs" / "environments" / "preprod" / "orders.yaml").write_text("limit: 5\n")
    serve(root / "versions" / "b", "preprod")
    assert config.get("orders") == {"batch": 20, "limit": 5}
    serve(root / "versions" / "a", "preprod")
    sys.path.append(str(root / "versions" / "a"))
    try:
        assert config.get("orders") == {"batch": 10, "limit": 5}
    finally:
        sys.path.pop()


def test_threads_may_ask_while_files_change(write: Write) -> None:
    path = write("orders.yaml", "one: 1\ntwo: 1\n")
    wrong: list[object] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            found = config.get("orders")
            if found["one"] != found["two"]:
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(200):
        temporary = path.with_suffix(".tmp")
        temporary.write_text(f"one: {number}\ntwo: {number}\n")
        temporary.replace(path)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_importing_it_brings_no_library(root: Path) -> None:
    code = dedent("""
        import sys
        from airside import config
        print(sorted({"yaml", "omegaconf", "pydantic", "msgspec", "rich"} & set(sys.modules)))
    """)
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_a_config_without_references_does_without_omegaconf(root: Path, write: Write) -> None:
    write("orders.yaml", "batch: 1\n")
    write("other.yaml", "batch: ${orders.batch}\n")
    code = "import sys; from airside import config; config.get('orders'); print('omegaconf' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"
