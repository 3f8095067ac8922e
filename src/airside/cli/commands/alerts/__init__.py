"""`airside alerts`: a module for each verb, imported only when it runs."""

from importlib import import_module
from typing import NamedTuple

import click


class Entry(NamedTuple):
    """A verb of the group.

    Attributes:
        module: The module in this package that holds it, as `command`.
        summary: One line for `airside alerts --help`; the verb's own help begins with the same line.
    """

    module: str
    summary: str


VERBS: dict[str, Entry] = {
    "routes": Entry("routes", "Show the routes of airside.toml, or who hears of an event, and why."),
    "test": Entry("testing", "Send a test message to a channel."),
    "silence": Entry("silence", "Say nothing about some workflows for a while."),
    "unsilence": Entry("unsilence", "End a silence before its time."),
    "list": Entry("listing", "List what is open, what is silenced, and how the channels are."),
    "watch": Entry("watch", "Watch the local Airflow, and tell its channels what happens."),
}


class Verbs(click.Group):
    """A group that imports a verb only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return a verb; None where there is none of that name."""
        if (entry := VERBS.get(cmd_name)) is None:
            return None
        found: click.Command = import_module(f"{__name__}.{entry.module}").command
        found.name = cmd_name
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the verbs with one line each."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in VERBS.items()])


command = Verbs(
    "alerts",
    help="""Tell people what broke, once, and once when it is well again.

    [[alerts]] in airside.toml says which channels hear of what; a channel is a connection of the environment. `airside
    up` watches where there are routes.
    """,
    context_settings={"help_option_names": ["-h", "--help"]},
)
