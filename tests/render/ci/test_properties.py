"""Whatever the settings say: a pipeline is valid, is the same twice, and holds nothing of other settings."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema.validators import validator_for  # type: ignore[import-untyped] # without types
from pipelines import SERVICES, document, groovy_faults, rendered

ELSEWHERE = "hunter2-Zq8/+=="
"""Text of settings that are no business of a pipeline."""
SCHEMAS = {"github": "github-workflows", "gitlab": "gitlab-ci", "circleci": "circle-ci"}

_word = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True).filter(
    lambda name: not name.startswith("GITHUB_")
)
_branch = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,20}[A-Za-z0-9]", fullmatch=True)
_variable = st.from_regex(r"[A-Z_][A-Z0-9_]{0,20}", fullmatch=True)
_segment = st.text(
    st.characters(categories=["L", "N", "Zs", "Sc"], include_characters="-_'\"${}`&;"), min_size=1, max_size=8
)
_tables = st.fixed_dictionaries(
    {},
    optional={
        "branch": _branch,
        "deploy": st.sampled_from(["preprod", "previews/one"]),
        "promote": st.sampled_from(["production", ""]),
        "tag": st.from_regex(r"[a-z.-]{0,5}X\.Y\.Z[a-z.-]{0,5}", fullmatch=True),
        "folder": st.lists(_segment.filter(lambda part: part.strip() == part), min_size=1, max_size=2).map("/".join),
        "python": st.sampled_from(["3.11", "3.13"]),
        "agent": _word,
        "context": st.sampled_from(["", "flows"]),
        "timeout": st.integers(1, 360),
        "comment": st.booleans(),
        "approve": st.booleans(),
        "secrets": st.booleans(),
        "signing_key": _word,
        "age_key": _word,
        "keys": st.dictionaries(_variable, _word, max_size=3),
        "plan_keys": st.dictionaries(_variable, _word, max_size=3),
        "airflow": st.fixed_dictionaries({"username": _word, "password": _word}),
    },
)


def _text(table: Mapping[str, Any]) -> str:
    more = {
        "environments": {"previews/one": {}},
        "airflow": {"config": {"api": {"instance_name": ELSEWHERE}}, "env": {"MOTTO": ELSEWHERE}},
        "ci": dict(table),
    }
    return "\n" + tomlkit.dumps(more).replace("[environments]\n", "")


@cache
def _validator(service: str) -> Any:  # noqa: ANN401 - the class depends on the schema
    folder = files("check_jsonschema.builtin_schemas") / "vendor"
    schema = json.loads((folder / f"{SCHEMAS[service]}.json").read_text())
    return validator_for(schema)(schema)


@settings(max_examples=20, deadline=None)
@given(_tables, st.sampled_from(SERVICES))
def test_any_settings_that_are_taken_give_a_valid_pipeline_of_nothing_but_them(
    table: Mapping[str, Any], service: str
) -> None:
    first, second = rendered(service, _text(table)), rendered(service, _text(table))
    assert first == second
    for text in first.values():
        assert ELSEWHERE not in text
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "\n\n\n" not in text
        assert not any(line != line.rstrip() for line in text.splitlines())
        if service == "jenkins":
            assert groovy_faults(text) == []
            continue
        found = document(text)
        if service == "github":
            found["on"] = found.pop("true", found.get("on"))
        assert _validator(service).is_valid(found)
        if folder := table.get("folder"):
            assert folder in json.dumps(found, ensure_ascii=False).replace('\\"', '"')
