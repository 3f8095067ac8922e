"""`airside check`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.checking.report import Report

FORMS = ("text", "json", "sarif", "github", "junit")
"""The keys of `airside.checking.formats.FORMATS`, which is imported when it is needed."""


@verb
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--env", "environment", metavar="ENV", help="Compare what workflows need with what this one has.")
@click.option("--changed", is_flag=True, help="Only what differs from the last commit, and what depends on it.")
@click.option("--since", metavar="REF", help="With --changed: all that differs since this branch left REF.")
@click.option("--watch", is_flag=True, help="Stay, and check again what is saved and what depends on it.")
@click.option("--fix", is_flag=True, help="Let ruff mend what it can first.")
@click.option("--strict", is_flag=True, help="Let a warning fail as well.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True, help="What to print.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write --format there.")
def command(
    context: Context,
    paths: tuple[str, ...],
    *,
    environment: str | None,
    since: str | None,
    form: str,
    output: Path | None,
    changed: bool,
    watch: bool,
    fix: bool,
    strict: bool,
) -> int:
    r"""Look for all that would break: source, import, contract, policy.

    Imports every DAG file as Airflow would, none in the way of another; it needs no running Airflow, no database,
    no key and no network. PATHS are files or folders; what depends on them is checked too.

    \b
    airside check
    airside check --env production             has it what the workflows need?
    airside check --changed --since main       in a pull request
    airside check --format sarif --output airside.sarif
    airside check --watch

    Exit codes: 1 there are errors (with --strict: any findings); 2 usage.
    """
    from airside.cli.checking import check_once, select

    if watch:
        from airside.cli.watching import watch_workspace

        _refuse_with_watch(
            "json" if context.output.as_json else form,
            paths=bool(paths),
            changed=changed or since is not None,
            output=output is not None,
            fix=fix,
        )
        watch_workspace(context, environment)
        return 0
    selection = select(context.workspace, paths, changed=changed, since=since)
    report = check_once(context, environment, selection, fix=fix)
    show(context, report, form="json" if context.output.as_json else form, output=output)
    return 0 if report.passed and not (strict and report.findings) else 1


def _refuse_with_watch(form: str, **options: bool) -> None:
    """Refuse what has no meaning for a check that goes on."""
    given = [f"--{name}" if name != "paths" else "files" for name, is_given in options.items() if is_given]
    if form != "text":
        given.append(f"--format {form}")
    if given:
        raise UsageError(f"--watch does not go with {given[0]}", hint="It checks all that is saved, and prints text.")


def show(context: Context, report: "Report", *, form: str, output: Path | None) -> None:
    """Print the report in one form, or write it to a file and print it as text.

    Raises:
        UsageError: The file cannot be written.
    """
    from airside.checking.changes import repository_prefix
    from airside.checking.formats import FORMATS
    from airside.cli.checking import print_report

    # Forges count from the top of the repository; people from the folder that they are in.
    prefix = repository_prefix(context.workspace) if form in ("sarif", "github", "junit") else ""
    if output is not None:
        _write(output, FORMATS[form](report, prefix))
    if output is None and form != "text":
        sys.stdout.write(FORMATS[form](report, prefix))
    elif output is not None and context.output.as_json:
        context.output.document({"passed": report.passed, "output": str(output)})
    else:
        print_report(context, report, then="airside test")


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}", hint="Name another file with --output."
        ) from error
