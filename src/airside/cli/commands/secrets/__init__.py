"""`airside secrets`: a module for each verb, imported only when it runs."""

from importlib import import_module
from typing import NamedTuple

import click


class Entry(NamedTuple):
    """A verb of the group.

    Attributes:
        module: The module in this package that holds it, as `command`.
        summary: One line for `airside secrets --help`; the verb's own help begins with the same line.
    """

    module: str
    summary: str


VERBS: dict[str, Entry] = {
    "init": Entry("init", "Make your key, and an encrypted document for each environment."),
    "edit": Entry("edit", "Open your editor on the decrypted secrets of an environment."),
    "set": Entry("setting", "Give a connection or a variable a value, from a prompt or standard input."),
    "get": Entry("get", "Show where a secret comes from, and with --reveal its value."),
    "unset": Entry("unset", "Take a connection, one of its fields or a variable out."),
    "list": Entry("listing", "List the names that an environment has; no key is needed."),
    "import": Entry("importing", "Take connections and variables over from files of other tools."),
    "diff": Entry("diff", "Show which secrets differ from a commit, an environment or what is applied."),
    "check": Entry("check", "Look whether the documents hold, and who can decrypt them."),
    "rotate": Entry("rotate", "Encrypt a document anew, with a new data key."),
    "recipients": Entry("recipients", "Say who can decrypt the secrets of an environment."),
    "apply": Entry("apply", "Publish the encrypted secrets of an environment."),
    "history": Entry("history", "Show who applied secrets to an environment, and when."),
    "rollback": Entry("rollback", "Give an environment its earlier secrets again."),
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
    "secrets",
    help="""Edit encrypted connections and variables, and apply them to an environment.

    Each environment has one file, secrets/ENV.yaml, encrypted with SOPS: it belongs in git. The key that decrypts it
    is in your own configuration folder.
    """,
    context_settings={"help_option_names": ["-h", "--help"]},
)
