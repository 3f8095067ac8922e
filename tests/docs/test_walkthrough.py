"""The pages are followed word by word. `walkthrough` says how a page asks for it."""

import shutil
from pathlib import Path

import pytest
from walkthrough import DOCS, Fence, Reader, fences, first_missing

TUTORIAL = DOCS / "tutorial.md"
PAGES = [TUTORIAL, *sorted((DOCS / "how-to").glob("*.md"))]
FOLLOWED = [page for page in PAGES if any(fence.run for fence in fences(page))]


@pytest.mark.parametrize("page", [page for page in FOLLOWED if page != TUTORIAL], ids=lambda page: page.stem)
def test_a_guide_can_be_followed(page: Path, reader: Reader) -> None:
    for fence in fences(page):
        if fence.run:
            reader.follow(fence)


@pytest.mark.slow
@pytest.mark.platform
@pytest.mark.xdist_group("platform")  # two Airflows at once are too much for two cores
def test_the_tutorial_can_be_followed_to_its_end(reader: Reader, tmp_path: Path) -> None:
    try:
        for fence in fences(TUTORIAL):
            if fence.run:
                reader.follow(fence)
    finally:
        for settings in tmp_path.glob("*/airside.toml"):
            reader.type(f"airside down -C {settings.parent}; airside clean --yes -C {settings.parent}")


def test_the_tutorial_can_be_followed_up_to_its_first_airflow(reader: Reader) -> None:
    run = [fence for fence in fences(TUTORIAL) if fence.run]
    first = next(index for index, fence in enumerate(run) if fence.platform)
    assert first > 0
    for fence in run[:first]:
        reader.follow(fence)


def test_only_the_tutorial_needs_an_airflow() -> None:
    assert [page for page in PAGES if any(fence.platform for fence in fences(page))] == [TUTORIAL]


def test_every_command_of_the_tutorial_is_run() -> None:
    skipped = [fence.where for fence in fences(TUTORIAL) if fence.language == "console" and not fence.run]
    assert skipped == []


def test_a_page_that_shows_another_output_is_refused(reader: Reader) -> None:
    with pytest.raises(AssertionError, match="which did not come: 'two'"):
        reader.follow(_console("$ echo one\none\ntwo\n"))


def test_a_page_whose_command_fails_is_refused(reader: Reader) -> None:
    with pytest.raises(AssertionError, match="exit code 0 was expected"):
        reader.follow(_console("$ false\n$ true\n"))


def test_a_page_that_promises_a_failure_is_refused_when_there_is_none(reader: Reader) -> None:
    with pytest.raises(AssertionError, match="exit code 3 was expected"):
        reader.follow(_console("$ true\n", exit_code=3))


def test_a_question_is_answered_at_the_terminal(reader: Reader) -> None:
    ask = """$ read -r -p 'Really? [y/N]: ' answer; echo "you said $answer"\nReally? [y/N]: y\nyou said y\n"""
    reader.follow(_console(ask))


def test_a_change_that_a_page_shows_is_made(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text("coffee: 4.5\n")
    diff = "--- a/prices.yaml\n+++ b/prices.yaml\n@@ -1 +1 @@\n-coffee: 4.5\n+coffee: 4.8\n"
    reader.follow(Fence("page:1", "diff", diff, run=True, platform=False, exit_code=0))
    assert (tmp_path / "prices.yaml").read_text() == "coffee: 4.8\n"


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        (["a  b", "c"], None),
        (["c", "a b"], "a b"),
        (["a …"], None),
        (["…", "c"], None),
        (["b"], "b"),
    ],
)
def test_lines_are_looked_for_in_order(shown: list[str], missing: str | None) -> None:
    assert first_missing(shown, "a    b\nc\n") == missing


def _console(text: str, *, exit_code: int = 0) -> Fence:
    assert shutil.which("bash")
    return Fence("page:1", "console", text, run=True, platform=False, exit_code=exit_code)
