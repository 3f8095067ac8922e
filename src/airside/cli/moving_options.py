"""Options that every verb which moves an environment has."""

from collections.abc import Callable
from typing import Any

import click

from airside.cli.moved import Choices

Command = Callable[..., Any]

_WAIT = 60.0
"""Seconds. Airflow's dag processor parses a changed file within two; 60 are for a machine under load."""


def moving_options(function: Command) -> Command:
    """Add the options to a verb; `choices` reads all of them but `--message`."""
    options = (
        click.option("-m", "--message", "reason", default="", help="Why; it is kept in the history."),
        click.option("--unpin", is_flag=True, help="Move the environment even if it is pinned."),
        click.option("--allow-empty", is_flag=True, help="Move even to a release that has no workflow."),
        click.option("--allow-removals", is_flag=True, help="Move even where many of the workflows go."),
        click.option(
            "--confirm", "confirmed", metavar="NAME", help="The name of the environment: yes, even if protected."
        ),
        click.option("--dry-run", is_flag=True, help="Show the plan and stop."),
        click.option(
            "--wait",
            "seconds",
            type=click.FloatRange(min=0),
            default=_WAIT,
            show_default=True,
            help="How many seconds to wait until Airflow serves the release; 0 does not wait.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def choices(options: dict[str, Any]) -> Choices:
    """Return what the user chose, from the values of these options."""
    return Choices(
        unpin=options["unpin"],
        allow_empty=options["allow_empty"],
        allow_removals=options["allow_removals"] or options["allow_empty"],
        dry_run=options["dry_run"],
        confirmed=options["confirmed"],
        seconds=options["seconds"],
    )
