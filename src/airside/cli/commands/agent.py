"""`airside agent ENV --into DIR`."""

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.store_options import require_environment, store_opener, store_options, trust_file, trust_option
from airside.cli.verb import verb

_Callback = Callable[..., object]


def _tuning(function: _Callback) -> _Callback:
    """Give the verb the options that say how it behaves; they arrive as keywords of `Options`."""
    seconds = click.FloatRange(min=0.1)
    for option in reversed(
        (
            click.option(
                "--interval", type=seconds, default=10.0, show_default=True, help="Seconds between two looks."
            ),
            click.option(
                "--stale-after",
                type=seconds,
                default=120.0,
                show_default=True,
                help="Seconds without a word from the store after which /healthz fails.",
            ),
            click.option(
                "--max-failures",
                type=click.IntRange(min=0),
                help="End after more failures in a row than this; else never, with --once at the first.",
            ),
            click.option(
                "--keep", type=click.IntRange(min=0), default=2, show_default=True, help="Former versions that stay."
            ),
            click.option(
                "--grace", type=seconds, default=300.0, show_default=True, help="Seconds that a former version stays."
            ),
            click.option(
                "--hook-timeout", type=seconds, default=30.0, show_default=True, help="Seconds for the command."
            ),
        )
    ):
        function = option(function)
    return function


@verb
@click.argument("environment", metavar="ENV")
@click.option("--into", metavar="DIR", required=True, type=click.Path(path_type=Path), help="The folder.")
@click.option("--once", is_flag=True, help="End when the folder is in step: for init containers.")
@click.option(
    "--listen", default="127.0.0.1:8086", show_default=True, metavar="HOST:PORT", help="Where it answers HTTP."
)
@click.option(
    "--webhook-token-file",
    "token_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="POST /refresh needs the token in FILE; without it, it is taken on the loopback only.",
)
@click.option("--on-change", metavar="CMD", help="A command to run after a change. It may run twice for one change.")
@click.option("--shared", is_flag=True, help="Let other accounts of this machine read what is served.")
@_tuning
@store_options
@trust_option
def command(
    context: Context,
    environment: str,
    into: Path,
    *,
    once: bool,
    listen: str,
    token_file: Path | None,
    on_change: str | None,
    shared: bool,
    url: str | None,
    options: Sequence[str],
    trust: Path | None,
    **tuning: Any,
) -> int:
    r"""Keep a folder in step with an environment, without Airflow.

    DIR/current always leads to a whole tree, and is swapped in one step: point Airflow's dags folder at
    DIR/current/dags. It looks every few seconds, or at once on POST /refresh. /healthz, /readyz and /metrics tell how
    it is. It needs no workspace when the store is named.

    \b
    airside agent production --into /srv/flows
    airside agent production --into /srv/flows --once --max-failures 5
    airside agent production --into /srv/flows --store s3://my-bucket/sales-flows --on-change "touch /srv/reload"

    Exit codes: 0 stopped, or in step with --once; 3 another agent keeps DIR, or it holds files of others; else that of
    the failure that was one too many.
    """
    from airside.cli.agent_process import run_agent
    from airside.delivery.following import Follower
    from airside.platform.agent.options import Listen, Options
    from airside.signing.trust import load_trust

    require_environment(context, environment, url)
    opener = store_opener(context, url, options)
    opener()  # makes no request: a wrong url ends the command now
    if (demands := trust_file(context, trust, url)) is not None:
        load_trust(demands)  # one that is wrong ends the command now, and is waited for later
    follower = Follower(into.absolute(), environment, opener, trust=demands, shared=shared)
    if once and tuning["max_failures"] is None:
        tuning["max_failures"] = 0
    chosen = Options(hook=_words(on_change or ""), **tuning)
    return run_agent(context, follower, chosen, None if once else Listen.parse(listen, token_file))


def _words(command_line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command_line))
    except ValueError as error:
        raise UsageError(
            f"--on-change cannot be read: {error}", hint="Name a script for what needs a shell."
        ) from error
