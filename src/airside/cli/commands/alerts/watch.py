"""`airside alerts watch`."""

from collections.abc import Sequence
from pathlib import Path

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.store_options import store_options, trust_option
from airside.cli.verb import verb


@verb
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="An environment that an Airflow elsewhere serves."
)
@click.option("--airflow", metavar="URL", help="That Airflow; else what airside.toml says of the environment.")
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where it keeps what is not delivered yet; else .airside/alerts of the workspace.",
)
@store_options
@trust_option
def command(
    context: Context,
    *,
    environments: Sequence[str],
    airflow: str | None,
    state: Path | None,
    url: str | None,
    options: Sequence[str],
    trust: Path | None,
) -> None:
    r"""Watch an Airflow, and tell its channels what happens.

    Without --env it watches the local Airflow; `airside up` runs it where airside.toml has [[alerts]]. One watcher
    works with a folder at a time. What is not delivered yet is on disk, and goes out when it runs again.

    With --env it watches an Airflow elsewhere. Of the workspace it needs airside.toml alone. It signs in with
    AIRSIDE_AIRFLOW_USERNAME and AIRSIDE_AIRFLOW_PASSWORD or AIRSIDE_AIRFLOW_PASSWORD_FILE, or with
    AIRSIDE_AIRFLOW_TOKEN, and waits for what is not there yet: the file, that Airflow, the store. Channels are the
    connections that were applied to the environment, decrypted with the key in SOPS_AGE_KEY_FILE.

    \b
    airside alerts watch
    airside alerts watch --env production --airflow http://api-server:8080 --state /var/lib/airside-alerts
    airside alerts watch --env sales --env finance --airflow https://airflow.example.com --store s3://my-bucket/flows

    Exit codes: 0 stopped; 1 the local Airflow does not run, or the state of the watcher is damaged; 2 a setting, an
    option or a variable is wrong; 3 another watcher runs; 4 the store of the local Airflow does not answer.
    """
    from airside.cli.alerts_watched import Elsewhere, watch_elsewhere, watch_here

    if environments:
        watch_elsewhere(
            context, Elsewhere(tuple(dict.fromkeys(environments)), airflow, state, url, tuple(options), trust)
        )
        return
    if airflow or state or url or options or trust:
        raise UsageError(
            "An Airflow elsewhere is watched for environments, and none is named", hint="Name each with --env ENV."
        )
    watch_here(context)
