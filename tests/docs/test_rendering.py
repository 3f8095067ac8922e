"""What the pages say of rendered files is so."""

import re

import pytest
import yaml
from walkthrough import DOCS, fences

from airside.cli.commands.render import TARGETS
from airside.render.drift import State
from airside.render.operate import MEANINGS
from airside.render.overlays import with_overlays
from airside.render.rendered import RenderedFile
from airside.render.secret_names import SECRET_NAMES

PAGE = DOCS / "reference" / "render.md"


def cells(column: int = 0) -> list[str]:
    rows = re.findall(r"^\| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    return [row.split(" | ")[column].strip("`") for row in rows if row.count(" | ") >= column]


def test_the_secrets_of_the_page_are_those_that_platforms_have() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if re.match(r"\| `\w+` \| `\[", line)]
    assert rows == [f"| `{one.name}` | `[{one.section}] {one.option}` | {one.meaning} |" for one in SECRET_NAMES]


def test_every_state_of_a_file_is_explained() -> None:
    assert {str(state) for state in State if state is not State.SAME} <= set(cells())


def test_the_overlay_of_the_page_does_what_the_page_says() -> None:
    [overlay] = [fence.text for fence in fences(PAGE) if fence.language == "yaml"]
    file = RenderedFile("compose.yaml", "services:\n  scheduler: {image: a}\n  statsd: {image: b}\n")
    [merged] = with_overlays([file], {file.path: overlay}, "deploy/overlays/compose")
    assert yaml.safe_load(merged.text) == {"services": {"scheduler": {"image": "a", "mem_limit": "2g"}}}


@pytest.mark.parametrize("target", [entry.name for entry in TARGETS])
def test_the_guide_leads_to_every_target(target: str) -> None:
    guides = [DOCS / "how-to" / name for name in ("from-the-laptop-to-everywhere.md", "build-an-image.md")]
    assert any(f"`{target}`" in page.read_text() or f"render {target}" in page.read_text() for page in guides)


@pytest.mark.parametrize("verb", list(MEANINGS))
def test_every_verb_of_a_target_is_one_of_make(verb: str) -> None:
    assert f"| `make {verb}` |" in (DOCS / "reference" / "make.md").read_text()
