"""The commands that pages show are commands that there are."""

import shlex
from collections.abc import Iterator
from contextlib import suppress

import click
import pytest
from walkthrough import DOCS, ROOT, fences, typed

from airside.cli.catalogue import ENTRIES
from airside.cli.main import cli

BY_HAND = [ROOT / "README.md", DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]


def _commands() -> Iterator[tuple[str, list[str]]]:
    for page in (ROOT / "README.md", *sorted(DOCS.rglob("*.md"))):
        for fence in fences(page):
            for step in typed(fence) if fence.language == "console" else ():
                words = shlex.split(step.command, comments=True)
                if words[:1] == ["airside"]:
                    yield fence.where, words[1:]


@pytest.mark.parametrize(
    ("where", "words"), list(_commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_that_a_page_shows_is_one_that_airside_takes(where: str, words: list[str]) -> None:
    command: click.Command = cli
    with suppress(click.exceptions.Exit):  # after a page of help
        context = command.make_context("airside", list(words))
        while isinstance(command, click.Group):
            name, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])
            assert inner is not None, where
            command, context = inner, inner.make_context(name, rest, parent=context)


@pytest.mark.parametrize("verb", ENTRIES)
def test_every_verb_is_explained_by_hand_somewhere(verb: str) -> None:
    assert [page for page in BY_HAND if f"airside {verb}" in page.read_text()] != []


def test_the_command_reference_is_up_to_date() -> None:
    script = DOCS / "generate_cli_reference.py"
    scope: dict[str, object] = {"__name__": "generate_cli_reference", "__file__": str(script)}
    exec(compile(script.read_text(), script, "exec"), scope)  # noqa: S102 - our own script
    reference = scope["reference"]
    assert callable(reference)
    hint = "run: python docs/generate_cli_reference.py"
    assert (DOCS / "reference" / "cli.md").read_text() == reference(), hint
