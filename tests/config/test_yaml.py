"""What a file may hold, and what each thing in it means."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from airside import config
from airside.base.errors import ConfigError
from airside.config.yaml_files import parse

Write = Callable[[str, str | bytes], Path]

MEANINGS: dict[str, Any] = {
    "text": "text",
    "two words": "two words",
    "''": "",
    "": None,
    "~": None,
    "null": None,
    "nullable": "nullable",
    "true": True,
    "False": False,
    "TRUE": True,
    "tRuE": "tRuE",
    "y": "y",
    "n": "n",
    "'no'": "no",
    '"012"': "012",
    "0": 0,
    "-0": 0,
    "12": 12,
    "-7": -7,
    "+7": 7,
    "1_000": 1000,
    "1_": "1_",
    "0x1F": 31,
    "0o17": 15,
    "0b101": 5,
    "1.5": 1.5,
    "1.": 1.0,
    ".5": 0.5,
    "1e3": 1000.0,
    "1.5E-2": 0.015,
    "0.1": 0.1,
    "-.inf": -math.inf,
    "12:30": "12:30",
    "12:30:45": "12:30:45",
    "2026-01-31": "2026-01-31",
    "2026-01-31T00:00:00Z": "2026-01-31T00:00:00Z",
    "1.2.3": "1.2.3",
    "=": "=",
    "{{ ds }}": "{{ ds }}",
    "[1, a]": [1, "a"],
    "{a: 1}": {"a": 1},
    "|\n    two\n    lines\n": "two\nlines\n",
    "!!str 12": "12",
}


@pytest.mark.parametrize("written", MEANINGS)
def test_what_a_value_means(write: Write, written: str) -> None:
    quoted = f"'{written}'" if written == "{{ ds }}" else written
    write("orders.yaml", f"key: {quoted}\n")
    found = config.get("orders")["key"]
    assert found == MEANINGS[written]
    assert type(found) is type(MEANINGS[written]) or isinstance(found, dict)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("no", "write false, or 'no' in quotes"),
        ("Yes", "write true, or 'Yes' in quotes"),
        ("on", "write true"),
        ("OFF", "write false"),
        ("012", "0o12, or '012' in quotes"),
        ("-007", "octal"),
    ],
)
def test_what_may_be_meant_in_two_ways_is_refused(write: Write, written: str, said: str) -> None:
    write("orders.yaml", f"a: 1\nkey: {written}\n")
    with pytest.raises(ConfigError, match=r"^configs/orders\.yaml:2: ") as caught:
        config.get("orders.key")
    assert said in str(caught.value)


def test_a_key_is_the_text_that_is_written(write: Write) -> None:
    write("orders.yaml", "no: a\n012: b\n1.50: c\n~: d\n2026-01-31: e\n")
    assert list(config.get("orders")) == ["no", "012", "1.50", "~", "2026-01-31"]


FAULTS: dict[str, tuple[str | bytes, str]] = {
    "not closed": ("a: 1\nb: [1,\n", ":3: it is not YAML"),
    "a tab": ("a:\n\tb: 1\n", ":2: it is not YAML: a tab cannot indent"),
    "a key twice": ("a: 1\nb: 2\na: 3\n", ":3: the key 'a' is here twice; first in line 1"),
    "a key twice, deep": ("x:\n  - a: 1\n    a: 3\n", ":3: the key 'a' is here twice; first in line 2"),
    "two documents": ("a: 1\n---\nb: 2\n", ":2: it holds several documents"),
    "not UTF-8": (b"a: 1\nb: \xff\n", ":2: it is not UTF-8"),
    "UTF-16": ("a: 1\n".encode("utf-16"), ":1: it is not UTF-8"),
    "a control character": ("a: 1\nb: \x07\n", "it is not YAML: "),
    "an object": ("a: !!python/name:os.system\n", ":1: the tag !!python/name:os.system has no meaning"),
    "a tag of others": ("a: !Ref x\n", ":1: the tag !Ref has no meaning"),
    "a circle": ("a: &a\n  b: *a\n", "an alias stands for what it is in"),
    "an unknown alias": ("a: *b\n", ":1: it is not YAML"),
    "a list as a key": ("? [a]\n: 1\n", ":1: a key is a text"),
    "a merge of a word": ("a:\n  <<: b\n", ":2: << takes a mapping"),
    "deep": (f"a: {'[' * 60_000}{']' * 60_000}", ":1: it is nested too deeply"),
    "deep in lists": (f"a:\n  {'- ' * 60_000}x\n", "nested too deeply"),
    "deep in blocks": ("".join(f"{' ' * level}a:\n" for level in range(300)), ":101: it is nested too deeply"),
    "a bomb": (
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)),
        "it holds more than 100,000 values",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_no_config_is_refused_with_its_line(write: Write, name: str) -> None:
    content, said = FAULTS[name]
    write("orders.yaml", content)
    with pytest.raises(ConfigError, match=r"^configs/orders\.yaml:") as caught:
        config.get("orders.a")
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\ufeff"])
def test_an_empty_file_is_an_empty_mapping(write: Write, text: str) -> None:
    write("orders.yaml", text)
    found = config.get("orders")
    assert found == {} or (text == "---\n" and found is None)


def test_anchors_and_merge_keys_are_followed_and_own_keys_win(write: Write) -> None:
    write("orders.yaml", "base: &b {a: 1, b: 1}\nmore: &m {b: 2, c: 2}\nload:\n  <<: [*b, *m]\n  c: 3\n")
    assert config.get("orders.load") == {"a": 1, "b": 1, "c": 3}


def test_all_faults_of_a_file_are_known() -> None:
    found = parse(b"a: no\nb: 012\na: 1\n", "configs/x.yaml").faults
    assert [fault.line for fault in found] == [1, 2, 3]


def test_a_template_of_yaml_is_no_error_until_it_is_asked_for(write: Write) -> None:
    write("orders.yaml", "{% if x %}\na: b\n{% endif %}\n")
    (fault,) = parse(b"{% if x %}\na: b\n", "f").faults
    assert fault.severity == "warning"
    with pytest.raises(ConfigError):
        config.get("orders.a")


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(st.text(), _VALUES, max_size=4))
def test_what_a_program_writes_is_read_back(value: dict[str, Any]) -> None:
    data = yaml.safe_dump(value, allow_unicode=False).encode()
    parsed = parse(data, "f")
    assert parsed.faults == ()
    assert parsed.node.plain() == value


@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"\n\t #?,%@`<~0.", max_size=60).map(str.encode))
def test_no_bytes_make_it_fail_in_another_way(data: bytes) -> None:
    assert all(fault.line >= 1 for fault in parse(data, "f").faults)
