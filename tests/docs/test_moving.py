"""The guides for moving to releases show settings that Airflow, Helm and Airside take."""

import configparser
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from walkthrough import DOCS, ROOT, fences

from airside.base.names import is_environment_name
from airside.cli.catalogue import ENTRIES
from airside.store.opening import open_store

GUIDES = sorted((DOCS / "how-to").glob("move-*.md"))


def _blocks(language: str) -> Iterator[tuple[str, str]]:
    for guide in GUIDES:
        yield from ((fence.where, fence.text) for fence in fences(guide) if fence.language == language)


def _lists() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield every list of bundles that a guide shows, with where it stands."""
    for where, text in _blocks("ini"):
        shown = configparser.ConfigParser(interpolation=None)
        shown.read_string(text)
        if value := shown.get("dag_processor", "dag_bundle_config_list", fallback=None):
            yield where, json.loads(value)
    for where, text in _blocks("yaml"):
        if value := yaml.safe_load(text).get("dagProcessor", {}).get("dagBundleConfigList"):
            yield where, value


LISTS = list(_lists())


@pytest.mark.parametrize(("where", "bundles"), LISTS, ids=[where for where, _ in LISTS])
def test_every_list_names_each_bundle_once_and_the_same_store(where: str, bundles: list[dict[str, Any]]) -> None:
    names = [bundle["name"] for bundle in bundles]
    assert len(names) == len(set(names))
    for bundle in bundles:
        assert set(bundle) == {"name", "classpath", "kwargs"}
        if bundle["classpath"] != "airside.airflow.ReleaseBundle":
            continue
        kwargs = bundle["kwargs"]
        assert set(kwargs) == {"store", "store_options", "environment", "refresh_interval"}
        assert is_environment_name(kwargs["environment"])
        assert open_store(kwargs["store"], kwargs["store_options"]).location == kwargs["store"]


def test_the_dag_processor_is_told_the_name_of_a_bundle_that_is_listed_at_the_time() -> None:
    for where, text in _blocks("yaml"):
        shown = yaml.safe_load(text).get("dagProcessor", {})
        told = re.findall(r"--bundle-name (\S+)", " ".join(shown.get("args", [])))
        listed = [bundle["name"] for bundle in shown.get("dagBundleConfigList", [])]
        assert not listed or set(told) <= set(listed), where


def test_the_image_gets_what_the_guide_for_an_existing_airflow_installs() -> None:
    page = (DOCS / "how-to" / "serve-releases-from-an-existing-airflow.md").read_text()
    ((_, image),) = _blocks("dockerfile")
    assert re.findall(r'"[^"]+"', image) == re.findall(r'^pip install ("[^\n]+")$', page, re.MULTILINE)[0].split(" ")


def test_every_command_of_airside_that_is_shown_exists() -> None:
    for guide in GUIDES:
        verbs = re.findall(r"`airside (\w+)|^\$? ?airside (\w+)|\[airside, (\w+)", guide.read_text(), re.MULTILINE)
        assert {name for names in verbs for name in names if name} <= set(ENTRIES), guide.name


def test_what_a_release_bundle_says_to_a_commit_is_quoted() -> None:
    quoted = "is not a version of the release bundle"
    assert quoted in (DOCS / "how-to" / "move-from-git-dag-bundle.md").read_text()
    assert any(quoted in path.read_text() for path in (ROOT / "src" / "airside" / "airflow").glob("*.py"))
