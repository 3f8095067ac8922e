from pathlib import Path

import pytest

from airside import config
from airside.base.errors import MissingConfigError
from airside.config import giving
from airside.config.giving import Giving, give

Heard = list[tuple[str, bool]]


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Work in a workspace with one config, and give values from an environment that is put back."""
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "sales.yaml").write_text("batch: 1\nprices: [1, 2]\nurl: http://${.batch}\n")
    (tmp_path / "airside.toml").write_text('[workspace]\nname = "sales"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(giving, "_giving", Giving())
    return []


def say(heard: Heard, **values: object) -> None:
    give({name.replace("__", "."): value for name, value in values.items()}, lambda *said: heard.append(said))


def test_a_value_that_is_given_comes_before_the_files_and_is_followed(heard: Heard) -> None:
    say(heard, sales__batch=2, sales__prices=[3])

    assert config.get("sales") == {"batch": 2, "prices": [3], "url": "http://2"}


def test_a_mapping_that_is_given_adds_its_keys(heard: Heard) -> None:
    say(heard, sales={"more": {"a": 1}})

    assert config.get("sales.more.a") == 1
    assert config.get("sales.batch") == 1


def test_a_config_without_a_file_can_be_given(heard: Heard) -> None:
    say(heard, other__limit=5)

    assert config.get("other.limit") == 5


def test_what_is_asked_for_is_heard_and_whether_there_is_one(heard: Heard) -> None:
    say(heard)

    config.get("sales.batch")
    config.get("none", default=None)
    with pytest.raises(MissingConfigError):
        config.get("sales.none")
    assert heard == [("sales.batch", True), ("none", False), ("sales.none", False)]


def test_nothing_is_given_where_nobody_says_so(heard: Heard) -> None:
    assert config.get("sales.batch") == 1
