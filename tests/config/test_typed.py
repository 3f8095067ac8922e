from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict

from airside import config
from airside.base.errors import ConfigError, MissingConfigError, UsageError

Write = Callable[[str, str | bytes], Path]
Serve = Callable[[Path, str], None]


@dataclass
class Retry:
    times: int
    wait: float = 1.0


@dataclass
class LoadConfig:
    batch: int
    since: date
    retry: Retry
    hosts: list[str] = field(default_factory=list)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    batch: int
    mode: Literal["full", "delta"] = "full"


GOOD = "load:\n  batch: 100\n  since: 2026-01-31\n  retry: {times: 3}\n"


def test_a_config_becomes_a_dataclass_or_a_model(write: Write) -> None:
    write("orders.yaml", GOOD)
    assert config.get("orders.load", LoadConfig) == LoadConfig(100, date(2026, 1, 31), Retry(3))
    write("small.yaml", "batch: 1\n")
    assert config.get("small", Strict) == Strict(batch=1)
    assert config.get("orders.load.batch", float) == 100.0
    assert config.get("orders", dict[str, LoadConfig])["load"].retry.times == 3


def test_every_fault_is_named_with_its_file_its_line_and_its_key(root: Path, write: Write, serve: Serve) -> None:
    write("orders.yaml", "load:\n  since: 2026-01-31\n  retry:\n    times: 3\n  hosts:\n  - a\n  - [b]\n")
    write("environments/preprod/orders.yaml", "load:\n  retry:\n    times: many\n")
    serve(root, "preprod")
    with pytest.raises(ConfigError) as caught:
        config.get("orders.load", LoadConfig)
    first, *faults = str(caught.value).splitlines()
    assert first == "The config 'orders.load' is no LoadConfig:"
    places = sorted(fault.strip().rsplit(": ", 1)[0] for fault in faults)
    assert places == [
        "configs/environments/preprod/orders.yaml:3: orders.load.retry.times",
        "configs/orders.yaml:1: orders.load.batch",
        "configs/orders.yaml:7: orders.load.hosts.1",
    ]


def test_no_value_is_in_the_error(write: Write) -> None:
    write("orders.yaml", "batch: hunter2-is-no-number\nmode: hunter2-is-no-mode\nextra: hunter2\n")
    with pytest.raises(ConfigError) as caught:
        config.get("orders", Strict)
    assert "hunter2" not in str(caught.value)
    assert "configs/orders.yaml:3: orders.extra: Extra inputs are not permitted" in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_default_is_not_validated(write: Write) -> None:
    assert config.get("orders", Strict, default=None) is None
    with pytest.raises(MissingConfigError):
        config.get("orders", Strict)


def test_a_type_that_cannot_be_validated_is_refused(write: Write) -> None:
    class Odd: ...

    write("orders.yaml", "a: 1\n")
    with pytest.raises(UsageError, match="Odd"):
        config.get("orders", Odd)
