"""`airside alerts watch`."""

from typing import TYPE_CHECKING

from airside.base.errors import PlatformError
from airside.cli.alerting import following_secrets, state_file
from airside.cli.context import Context
from airside.cli.ending import ended_cleanly
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.alerts.telling import Tell
    from airside.alerts.watcher import Inputs, Redact
    from airside.platform.local import RunningPlatform


@verb
def command(context: Context) -> None:
    r"""Watch the local Airflow, and tell its channels what happens.

    `airside up` runs it where airside.toml has [[alerts]]; by hand it is for looking on. One watcher works for a
    workspace at a time. What is not delivered yet is on disk, and goes out when it runs again.

    \b
    airside alerts watch
    airside alerts watch --json

    Exit codes: 1 the local Airflow does not run, or the state of the watcher is damaged; 2 a setting is wrong;
    3 another watcher runs; 4 the store does not answer.
    """
    from airside.alerts.configured import routes_of
    from airside.alerts.connections import Connections
    from airside.alerts.engine import Engine
    from airside.alerts.watcher import Watcher
    from airside.platform.local import find

    if (platform := find(context.workspace)) is None:
        raise PlatformError("The local Airflow does not run, so there is nothing to watch", hint="`airside up`")
    file, tell = state_file(context), _lines(context)
    with ended_cleanly(), file.alone():
        connections = Connections(following_secrets(context, platform))
        settings = context.workspace.settings
        engine = Engine(routes_of(settings.alerts), connections.send, lambda: context.now().timestamp(), file, tell)
        inputs = _inputs(context, platform, connections.redact)
        Watcher(engine, inputs, settings.alerting.interval, tell).run()


def _inputs(context: Context, platform: "RunningPlatform", redact: "Redact") -> "Inputs":
    from airside.alerts.silences import held_silences
    from airside.alerts.sources.links import Links
    from airside.alerts.watcher import Inputs
    from airside.platform.alerts import local_sources

    settings = context.workspace.settings.alerting
    links = Links(settings.base_url or platform.url, settings.runbook)
    store = context.store if platform.tracked else None
    sources = local_sources(platform, store, state_file(context).folder, links, context.now)
    return Inputs(sources, redact, lambda: held_silences(context.store, context.now()))


def _lines(context: Context) -> "Tell":
    from airside.cli.agent_process import Lines
    from airside.platform.agent.events import Event

    lines = Lines(as_json=context.output.as_json, quiet=context.output.quiet)
    return lambda line: lines.tell(Event(line.name, line.level, line.facts))
