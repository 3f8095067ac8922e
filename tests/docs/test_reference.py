"""The reference pages are complete, and say nothing of what is not there."""

import re
from collections.abc import Iterator, Mapping
from typing import TypeGuard, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from walkthrough import DOCS, ROOT

from airside.base import errors
from airside.cli.main import EXIT_BUG, EXIT_INTERRUPTED
from airside.running.current import VARIABLE
from airside.running.packages import VARIABLE as LOCK_VARIABLE
from airside.workspace.settings import Settings


def _keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for python_name, field in model.model_fields.items():
        name = field.alias or python_name
        section, inner = field.annotation, get_args(field.annotation)[-1:]
        if _is_table(section):
            yield from _keys(section, f"{prefix}{name}.")
            continue
        yield f"{prefix}{name}", field
        if get_origin(section) is Mapping and _is_table(inner[0]):
            yield from _keys(inner[0], f"{prefix}{name}.<name>.")


def _is_table(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _documented() -> dict[str, str]:
    page = (DOCS / "reference" / "settings.md").read_text()
    rows = re.findall(r"^\| `([a-z_.<>-]+)` \| [^|]+ \| ([^|]+) \|", page, re.MULTILINE)
    return {key.removesuffix(".<name>"): default.strip().strip("`") for key, default in rows}


def test_every_key_of_airside_toml_is_documented_and_no_other() -> None:
    assert list(_documented()) == [key for key, _ in _keys(Settings)]


@pytest.mark.parametrize(
    ("key", "field"), list(_keys(Settings)), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_default_of_a_key_is_what_the_page_says(key: str, field: FieldInfo) -> None:
    if field.is_required():
        assert _documented()[key] == "required"
        return
    default = field.get_default(call_default_factory=True, validated_data={})
    words = {None: "none", (): "[]"}
    if isinstance(default, dict):
        assert _documented()[key] in {"{}", "none"}
    elif isinstance(default, str):
        assert _documented()[key] == f'"{default}"'
    else:
        assert _documented()[key] == words.get(default, str(default))


def _tree(error: type[errors.AirsideError]) -> Iterator[type[errors.AirsideError]]:
    for inner in error.__subclasses__():
        if inner.__module__ == errors.__name__:
            yield inner
            yield from _tree(inner)


def test_every_error_is_listed_with_its_exit_code() -> None:
    page = (DOCS / "reference" / "exit-codes.md").read_text()
    rows = dict(re.findall(r"^\| (\d+) \| (.+) \|$", page, re.MULTILINE))
    for error in _tree(errors.AirsideError):
        assert f"`{error.__name__}`" in rows[str(error.exit_code)]
    assert {str(EXIT_BUG), str(EXIT_INTERRUPTED), "0"} <= rows.keys()


def test_every_variable_that_airside_reads_is_documented_and_no_other() -> None:
    sources = [path.read_text() for path in (ROOT / "src" / "airside" / "cli").rglob("*.py")]
    read = {name for source in sources for name in re.findall(r'(?:environ|variables)\.get\("([A-Z_]+)"', source)}
    page = (DOCS / "reference" / "environment-variables.md").read_text()
    first = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.+?`) \|", page, re.MULTILINE))))
    others = {"NO_COLOR", "TMPDIR"}
    """Read by libraries for us: rich, and Python's tempfile."""
    assert first == read | others | {VARIABLE, LOCK_VARIABLE}
