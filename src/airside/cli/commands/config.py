"""`airside config show` and `list`."""

from typing import TYPE_CHECKING

import click

from airside.cli.context import Context
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.config.configs import Configs
    from airside.config.showing import Shown

LOCAL = "dev"
_ENVIRONMENT = click.option(
    "--env", "environment", metavar="ENV", default=LOCAL, show_default=True, help="As this environment has it."
)


@click.group("config", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    r"""Show what configs come to in an environment.

    Configs are the YAML files below configs/. What configs/environments/ENV sets comes before them, key by key; on
    this machine, configs/local comes first of all.
    """


@verb
@click.argument("name")
@_ENVIRONMENT
def show(context: Context, name: str, *, environment: str) -> None:
    r"""Show a config as code gets it, and where each value is written.

    References to other configs are followed; environment variables are left as they are. What looks like a secret is
    not shown.

    \b
    airside config show sales.orders.load
    airside config show sales --env production

    Exit codes: 2 there is no such config or environment, or a file of it cannot be read.
    """
    from airside.config.showing import shown_values

    values = list(shown_values(_configs(context, environment).value(name, variables=False)))
    rows = [_row(value) for value in values]
    context.output.table(("key", "value", "written in"), [(row["key"], row["text"], row["place"]) for row in rows])
    context.output.document(
        {
            "name": name,
            "environment": environment,
            "values": [_document(value, row) for value, row in zip(values, rows, strict=True)],
        }
    )


@verb
@_ENVIRONMENT
def list_configs(context: Context, *, environment: str) -> None:
    r"""List the configs of an environment, and the files that each is in.

    \b
    airside config list
    airside config list --env production

    Exit codes: 2 there is no such environment.
    """
    files = _configs(context, environment).files()
    context.output.table(("config", "files"), [(name, ", ".join(places)) for name, places in files.items()])
    context.output.document(
        {"environment": environment, "configs": [{"name": name, "files": places} for name, places in files.items()]}
    )
    then = f"airside config show {next(iter(files))}" if files else "write configs/NAME.yaml"
    context.output.done(f"{len(files)} config{'' if len(files) == 1 else 's'} in {environment}", then=then)


command.add_command(show, "show")
command.add_command(list_configs, "list")


def _configs(context: Context, environment: str) -> "Configs":
    from airside.config.configs import Configs

    if environment != LOCAL:
        context.workspace.settings.environment(environment)
    return Configs(context.workspace.root, environment)


def _row(value: "Shown") -> dict[str, str]:
    text = _masked(value, value.text)
    written = f"  {_masked(value, value.written)}" if value.written is not None else ""
    return {"key": value.key, "text": text, "place": f"{value.place}{written}"}


def _masked(value: "Shown", text: str) -> str:
    from airside.checking.contract.secret_values import SHAPES
    from airside.planning.masking import MASK, masked_value

    masked = masked_value(value.key.rpartition(".")[2], text)
    return MASK if any(shape.search(masked) for shape, _ in SHAPES.values()) else masked


def _document(value: "Shown", row: dict[str, str]) -> dict[str, object]:
    masked = row["text"] != value.text
    return {
        "key": value.key,
        "value": row["text"] if masked else value.value,
        "masked": masked,
        "file": value.file,
        "line": value.line,
        "written": None if value.written is None else _masked(value, value.written),
    }
