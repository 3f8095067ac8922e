"""`airside doctor`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import FindingsError
from airside.cli.context import Context
from airside.cli.store_options import store_options, trust_option
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.platform.diagnosis.findings import Finding, Level

_MARKS: "dict[Level, tuple[str, str | None]]" = {
    "ok": ("✔", "green"),
    "warning": ("▲", "yellow"),
    "problem": ("✘", "red"),
}


@verb
@click.option("--store-only", is_flag=True, help="Look at the store and its environments alone.")
@click.option("--read-only", is_flag=True, help="This machine does not deploy: ask for no right to write.")
@store_options
@trust_option
def command(
    context: Context,
    *,
    store_only: bool,
    read_only: bool,
    url: str | None,
    options: Sequence[str],
    trust: Path | None,
) -> None:
    r"""Look for what is wrong with this machine, this workspace and its store.

    Every finding comes with what mends it. The store is tried with racing writers, on objects that are removed
    again; nothing else is changed. It needs no workspace when the store is named.

    \b
    airside doctor
    airside doctor --store-only --read-only --store s3://my-bucket/sales-flows

    Exit codes: 1 a problem was found; warnings alone do not count.
    """
    from airside.cli.examined import Asked
    from airside.platform.diagnosis.findings import examine

    asked = Asked(context, url, options, trust, writes=not read_only)
    findings = examine([asked.store()] if store_only else list(asked.everything()))
    _show(context, findings)
    problems = sum(finding.level == "problem" for finding in findings)
    context.output.document({"healthy": problems == 0, "findings": [asdict(finding) for finding in findings]})
    if problems and context.output.as_json:  # they are in the document, and there is to be one alone
        raise click.exceptions.Exit(FindingsError.exit_code)
    if problems:
        raise FindingsError(
            f"{problems} problem{'s' if problems > 1 else ''} found", hint="Mend them, then run `airside doctor` again."
        )
    context.output.done("No problem was found")


def _show(context: Context, findings: "Sequence[Finding]") -> None:
    for finding in findings:
        mark, style = _MARKS[finding.level]
        context.output.say(f"{mark} {finding.subject}: {finding.seen}", style=style)
        if finding.fix:
            context.output.say(f"    {finding.fix}")
