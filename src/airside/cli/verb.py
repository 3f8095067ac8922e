"""`@verb`: a click command that takes the global options before or after its name and is handed a `Context`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from airside.cli import environ
from airside.cli.context import Context
from airside.cli.output import Output

Callback = Callable[..., object]


def global_options() -> list[click.Option]:
    """Return new options that every verb has."""
    return [
        click.Option(
            ["-C", "--workspace", "folder"],
            type=click.Path(path_type=Path),
            metavar="DIR",
            help="Work on the workspace in or above DIR.",
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document."),
        click.Option(["-y", "--yes", "assume_yes"], is_flag=True, help="Answer every prompt with yes."),
        click.Option(["-q", "--quiet"], is_flag=True, help="Print no progress."),
        click.Option(["-v", "--verbose"], is_flag=True, help="Print details."),
    ]


class Verb(click.Command):
    """A command whose callback takes a `Context` as its first argument."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(global_options())

    def invoke(self, ctx: click.Context) -> object:
        """Merge the global options given before and after the name, and call the verb."""
        before = ctx.find_root().params
        given = {option.name: ctx.params.pop(option.name) for option in global_options() if option.name}
        merged = {name: value or before.get(name) for name, value in given.items()}
        ctx.params = {"context": _context(merged), **ctx.params}
        return super().invoke(ctx)


def _context(options: dict[str, Any]) -> Context:
    output = Output(as_json=bool(options["as_json"]), quiet=bool(options["quiet"]), verbose=bool(options["verbose"]))
    folder = options["folder"] or environ.workspace_folder(environ.variables())
    return Context(folder=folder, output=output, assume_yes=bool(options["assume_yes"]))


def verb(function: Callback) -> Verb:
    """Make `function(context, **options)` a command; its docstring is the help text."""
    command = click.command(cls=Verb)(function)
    # click keeps the lines of a paragraph that begins with a backspace character; docstrings write it as `\\b`.
    command.help = (command.help or "").replace(r"\b", "\b")
    command.context_settings = {"help_option_names": ["-h", "--help"]}
    return command
