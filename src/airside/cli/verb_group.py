"""A group of verbs, each in a module of its own that is imported only when it runs."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import click

from airside.base.errors import UsageError


class Entry(NamedTuple):
    """A verb of a group.

    Attributes:
        name: What the user types.
        module: The module in the group's package that holds it, as `command`.
        summary: One line for the help of the group; the verb's own help begins with the same line.
    """

    name: str
    module: str
    summary: str


class VerbGroup(click.Group):
    """A group that imports a verb only when it runs.

    Args:
        name: What the user types.
        package: Where the modules of its verbs are.
        sections: For each title of its help the verbs below it.
        noun: What they are called.
        **options: As of `click.Group`.
    """

    def __init__(
        self,
        name: str,
        package: str,
        sections: Mapping[str, Sequence[Entry]],
        *,
        noun: str = "verb",
        **options: Any,
    ) -> None:
        super().__init__(name, **options)
        self.noun = noun
        self.package = package
        self.sections = sections
        self.entries = {entry.name: entry for entries in sections.values() for entry in entries}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all verbs."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return a verb; None where there is none of that name."""
        if (entry := self.entries.get(cmd_name)) is None:
            return None
        command: click.Command = import_module(f"{self.package}.{entry.module}").command
        command.name = entry.name
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or say which one is meant."""
        if args and args[0] not in self.entries and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], self.entries, n=1)
            path = ctx.command_path
            raise UsageError(
                f"There is no {self.noun} {args[0]!r}",
                hint=f"Did you mean `{path} {close[0]}`?" if close else f"`{path} --help` lists the {self.noun}s.",
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the verbs with one line each, section by section."""
        for title, entries in self.sections.items():
            if not entries:
                continue
            with formatter.section(title):
                formatter.write_dl([(entry.name, entry.summary) for entry in entries])
