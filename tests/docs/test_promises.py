"""The page of promises and the tests that hold them say the same."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/promises.md").read_text()
NUMBERS = [*range(1, 31), 37, *range(39, 56)]
SECTION = re.compile(r"^### R(\d+)\n(.*?)(?=^##|\Z)", re.DOTALL | re.MULTILINE)
SECTIONS = {int(number): text for number, text in SECTION.findall(PAGE)}
HELD = {number: re.findall(r"^\* `(\S+?)::(\w+)`$", text, re.MULTILINE) for number, text in SECTIONS.items()}
MODULES = sorted((ROOT / "tests/promises").glob("test_r[0-9]*.py"))


def names(path: str) -> set[str]:
    nodes = ast.walk(ast.parse((ROOT / path).read_text()))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


def test_every_promise_is_on_the_page_and_has_a_test() -> None:
    assert list(SECTIONS) == NUMBERS
    assert all(HELD.values())


@pytest.mark.parametrize("number", NUMBERS)
def test_every_test_that_the_page_names_exists(number: int) -> None:
    for path, name in HELD[number]:
        assert name in names(path)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_every_module_of_a_promise_says_what_the_page_says(module: Path) -> None:
    tree = ast.parse(module.read_text())
    number, _, sentence = (ast.get_docstring(tree) or "").partition(": ")
    assert module.name.startswith(f"test_r{int(number[1:]):02d}_")
    assert sentence.lower() in SECTIONS[int(number[1:])].lower()
    assert module.relative_to(ROOT).as_posix() in {path for path, _ in HELD[int(number[1:])]}


def test_every_test_of_the_track_record_exists() -> None:
    held = re.findall(r"`(tests/\S+?)::(\w+)`", (ROOT / "docs/reference/track-record.md").read_text())
    assert held
    assert [f"{path}::{name}" for path, name in held if name not in names(path)] == []
