import runpy
from pathlib import Path

import jsonschema  # type: ignore[import-untyped] # without types
import pytest
from walkthrough import DOCS, Fence, fences

from airside.config.yaml_files import parse
from airside.testing.cases.reading import read_cases
from airside.testing.cases.schema import SCHEMA_URL, published, schema, schema_text

PAGE = DOCS / "formats" / "functional-tests.md"
EXAMPLES = [fence for fence in fences(PAGE) if fence.language == "yaml"]


def _faults(document: object) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(schema()).iter_errors(document)]


def test_the_published_schema_is_what_the_code_says() -> None:
    made = runpy.run_path(str(DOCS / "generate_test_schema.py"))
    for place in made["PLACES"]:
        assert place.read_text() == schema_text(), "run: python docs/generate_test_schema.py"
    assert published() == schema_text()


def test_the_schema_is_one_and_describes_every_key() -> None:
    document = schema()
    jsonschema.Draft202012Validator.check_schema(document)
    assert document["$id"] == SCHEMA_URL
    parts = {"file": document, **document["$defs"]}
    silent = [
        f"{name}.{key}"
        for name, part in parts.items()
        for key, inner in part.get("properties", {}).items()
        if not inner.get("description")
    ]
    assert silent == []


def test_every_key_of_the_page_is_one_of_the_schema_and_the_other_way_round() -> None:
    document = schema()
    text = PAGE.read_text()
    definitions = [document["$defs"][name] for name in ("GivenPart", "Expected", "TaskExpected", "StoredExpected")]
    for part in (document, *definitions):
        assert [key for key in part["properties"] if f"`{key}`" not in text] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.where)
def test_every_example_of_the_page_is_read_and_valid(example: Fence) -> None:
    node = parse(example.text.encode(), "example.yaml").node
    assert _faults(node.plain()) == []
    if (given := node.child("given")) is not None or node.child("cases") is not None:
        assert read_cases(example.text.encode(), Path("/w/example.yaml"), "example.yaml"), given


@pytest.mark.parametrize(
    "document",
    [
        {"wokflow": "x"},
        {"given": {"connections": {"a": {"type": "sqlite", "tabels": {}}}}},
        {"given": {"connections": {"a": "nothing"}}},
        {"expect": {"tasks": {"a": "ok"}}},
        {"expect": {"tasks": {"a": {"tries": -1}}}},
        {"expect": {"requests": {"a": [{"metod": "GET"}]}}},
        {"cases": [{"nam": "x"}]},
    ],
)
def test_what_the_reader_refuses_an_editor_marks(document: object) -> None:
    assert _faults(document)


@pytest.mark.parametrize(
    "document",
    [
        {"given": {"connections": {"a": "sqlite", "b": "ftp://x", "c": {"conn_type": "http"}}, "timeout": "2m"}},
        {"expect": {"tasks": {"a": "success", "b": {"output": None, "logs": "x"}}, "order": ["a", ["b", "c"]]}},
        {"expect": {"requests": {"a": [{"json": {}}], "b": {"some": [{"text": "*"}], "count": 1}}}},
        {"expect": {"tables": {"a.b": {"rows": "x.csv", "columns": {"n": "integer"}}}}},
    ],
)
def test_what_the_reader_takes_an_editor_takes(document: object) -> None:
    assert _faults(document) == []
