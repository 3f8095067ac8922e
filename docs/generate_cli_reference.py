#!/usr/bin/env python3
"""Write `docs/reference/cli.md` from the commands themselves: `python docs/generate_cli_reference.py`.

A test fails when the page is not what this script writes.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from airside.cli.catalogue import SECTIONS
from airside.cli.main import cli
from airside.cli.verb import global_options

PAGE = Path(__file__).parent / "reference" / "cli.md"

_HEAD = """\
<!-- Written by docs/generate_cli_reference.py. Do not edit. -->
# Commands

`airside VERB [arguments] [options]`. The options of this table may stand before or after every verb:
"""
_TAIL = """\
`airside VERB --help` shows the same at the terminal. What the exit codes mean is in [Exit codes](exit-codes.md), which
environment variables are read in [Environment variables](environment-variables.md).
"""


def reference() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_options(cli, global_options()), "", _TAIL, *_sections()]).rstrip() + "\n"


def _sections() -> Iterator[str]:
    for title, entries in SECTIONS.items():
        yield f"## {title}\n"
        for entry in entries:
            command = cli.get_command(click.Context(cli), entry.name)
            if command is None:
                raise LookupError(entry.name)
            yield from _command(command, f"airside {entry.name}")


def _command(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    yield f"### {name}\n"
    yield f"```text\n{' '.join([name, *command.collect_usage_pieces(context)])}\n```\n"
    yield from _help(command.help or "")
    everywhere = {option.name for option in global_options()}
    if own := [param for param in command.params if param.name not in everywhere and isinstance(param, click.Option)]:
        yield from _options(command, own)
        yield ""
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            if (found := command.get_command(context, inner)) is not None:
                yield from _command(found, f"{name} {inner}")


def _help(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            yield f"```text\n{paragraph.removeprefix(chr(8)).strip(chr(10))}\n```\n"
        else:
            yield f"{' '.join(paragraph.split())}\n"


def _options(command: click.Command, options: list[click.Option]) -> Iterator[str]:
    context = click.Context(command)
    yield "| option | meaning |"
    yield "|---|---|"
    for option in options:
        if (record := option.get_help_record(context)) is not None:
            names, meaning = (" ".join(part.replace("|", "\\|").split()) for part in record)
            yield f"| `{names}` | {meaning} |"


if __name__ == "__main__":
    PAGE.write_text(reference())
