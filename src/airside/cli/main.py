"""The entry point: find the verb, run it, and show any error once."""

import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import click

from airside.base.errors import AirsideError, UsageError
from airside.cli.catalogue import SECTIONS
from airside.cli.output import Output
from airside.cli.verb import global_options
from airside.cli.verb_group import VerbGroup

EXIT_INTERRUPTED = 130
EXIT_BUG = 70
"""EX_SOFTWARE of sysexits.h: the fault is ours."""


def _show_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's signature
    if asked:
        click.echo(f"airside {metadata.version('airside')}")
        ctx.exit()


cli = VerbGroup(
    "airside",
    "airside.cli.commands",
    SECTIONS,
    params=[
        *global_options(),
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Print it."
        ),
    ],
    callback=lambda **_: None,
    help="""Airside: the delivery platform around Apache Airflow.

    \b
    airside init sales-flows && cd sales-flows
    airside up                    a real Airflow on this machine
    airside deploy production     ship this workspace as one release
    airside rollback production   take it back
    """,
    epilog="Exit codes: 0 ok, 1 findings or a failed run, 2 usage, 3 refused, 4 store unavailable, 5 integrity.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. All errors end here."""
    output = Output(as_json="--json" in arguments)
    try:
        code = cli.main(list(arguments), prog_name="airside", standalone_mode=False)
    except AirsideError as error:
        output.error(error)
        return error.exit_code
    except click.ClickException as error:
        output.error(UsageError(error.format_message(), hint=_usage(error)))
        return UsageError.exit_code
    except (KeyboardInterrupt, click.Abort):
        output.progress("Interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - the last resort: a bug becomes a report, never a bare traceback
        return _report_bug(output, error)
    return code if isinstance(code, int) else 0


def _usage(error: click.ClickException) -> str | None:
    context: Any = getattr(error, "ctx", None)
    return f"{context.get_usage()}\n  `{context.command_path} --help` explains it." if context else None


def _report_bug(output: Output, error: Exception) -> int:
    text = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile("w", prefix="airside-bug-", suffix=".txt", delete=False) as file:
        file.write(f"airside {metadata.version('airside')}\nPython {sys.version}\n{sys.platform}\n\n{text}")
    bug = AirsideError(
        f"This is a bug in airside: {type(error).__name__}: {error}",
        hint=f"Please report it with the file {file.name}, after a look at what it holds.",
    )
    output.error(bug)
    return EXIT_BUG


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:]))
