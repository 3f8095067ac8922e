"""`airside up`."""

import signal
import threading
from types import FrameType

import click

from airside.base.errors import AirsideError, PlatformError, RefusedError
from airside.cli import environ
from airside.cli.context import Context
from airside.cli.followed import refuse_clashes
from airside.cli.reporter import Reporter
from airside.cli.served_secrets import locked
from airside.cli.verb import verb
from airside.delivery.environments import read_current, read_record
from airside.platform.local import ComponentState, RunningPlatform, StartOptions, start
from airside.render.logs import logs_options

_POLL_SECONDS = 1.0


@verb
@click.option("--track", "tracked", multiple=True, metavar="ENV", help="Serve the release of ENV; may be repeated.")
@click.option("--port", type=click.IntRange(1, 65535), help="Where the web server listens, if that is free.")
@click.option("--database", metavar="URL", help="A postgresql:// URL, or `sqlite`; default: an embedded Postgres.")
@click.option("-d", "--detach", is_flag=True, help="Return when Airflow is healthy; `airside down` stops it.")
def command(
    context: Context, *, tracked: tuple[str, ...], port: int | None, database: str | None, detach: bool
) -> None:
    r"""Start a real Airflow for this workspace.

    API server, scheduler, dag processor, triggerer and a Postgres, without Docker, on this machine alone. Without
    --track it serves the working tree: a saved change is live in about two seconds. User airflow, password airflow.

    Connections and variables are those of secrets/, decrypted with your key where a task asks for them. Where your key
    does not decrypt them it starts all the same, says so, and such a look-up fails.

    It stays in the foreground and stops with Ctrl-C; with --detach it runs on.

    \b
    airside up
    airside up --detach --track production
    airside up --database postgresql://me@db.example.com/airflow

    Exit codes: 1 a component does not start; 2 a wrong option or setting; 3 two environments hold the same workflow,
    or Airflow runs already and serves something else.
    """
    for environment in tracked:
        context.workspace.settings.environment(environment)
    _require_disjoint(context, tracked)
    logs_options(context.workspace.settings, tracked)  # refuses those whose logs cannot be in one place, now
    for number in _ending_signals():
        signal.signal(number, _interrupt)
    key = environ.age_key_file(environ.variables())
    options = StartOptions(tracked, port, database, key if key.is_file() else None)
    platform = start(context.workspace, options, Reporter(context.output))
    _require_tracked(platform, tracked)
    _tell(context, platform, locked(context, platform.tracked))
    if not detach and not platform.found:
        _stay(context, platform)


def _ending_signals() -> list[signal.Signals]:
    """Return the signals that end it: not a hang-up that `nohup` has ignored."""
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [signal.SIGTERM] if ignored else [signal.SIGTERM, signal.SIGHUP]


def _interrupt(number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does: what was started so far is stopped. A second signal does not disturb that."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _require_tracked(platform: RunningPlatform, tracked: tuple[str, ...]) -> None:
    if tracked and set(tracked) != set(platform.tracked):
        serves = ", ".join(platform.tracked) or "the working tree"
        raise RefusedError(
            f"The Airflow of {platform.workspace.root} runs already and serves {serves}",
            hint="`airside down` stops it; then run this command again.",
        )


def _require_disjoint(context: Context, tracked: tuple[str, ...]) -> None:
    for environment in tracked if len(tracked) > 1 else ():
        if current := read_current(context.store, environment):
            refuse_clashes(context, read_record(context.store, current.pointer.release), environment, tracked)


def _tell(context: Context, platform: RunningPlatform, locked_secrets: list[AirsideError]) -> None:
    serves = ", ".join(platform.tracked) or "dev, the working tree"
    document: dict[str, object] = {"url": platform.url, "tracked": platform.tracked, "started": not platform.found}
    if locked_secrets:
        document["secrets"] = [{"message": each.message, "hint": each.hint} for each in locked_secrets]
    context.output.document(document)
    for each in locked_secrets:
        context.output.progress(f"Look-ups of connections and variables fail: {each.message}", style="yellow")
        context.output.progress(f"  {each.hint}" if each.hint else "")
    verb_ = "runs already" if platform.found else "is ready"
    then = (
        f"airside deploy {platform.tracked[0]}"
        if platform.tracked
        else "edit dags/ and save; changes are live in about 2 s"
    )
    context.output.done(
        f"Airflow {verb_} at {platform.url} (user airflow, password airflow), serving {serves}", then=then
    )


def _stay(context: Context, platform: RunningPlatform) -> None:
    """Watch the components until a signal comes or somebody else stops them, then stop everything."""
    asked = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGINT, *_ending_signals()):
        signal.signal(number, ask)
    context.output.progress("Ctrl-C stops it")
    known: dict[str, ComponentState] = {}
    while components := _components(platform):
        for component in components:
            _tell_change(context, known.get(component.name), component)
            known[component.name] = component
        if asked.wait(_POLL_SECONDS):
            break
    context.output.progress("Stopping")
    platform.stop()


def _components(platform: RunningPlatform) -> list[ComponentState]:
    try:
        return platform.components()
    except PlatformError:  # somebody else has stopped it
        return []


def _tell_change(context: Context, before: ComponentState | None, now: ComponentState) -> None:
    if before is not None and now.restarts > before.restarts:
        context.output.progress(f"{now.name} was brought back: {now.detail}", style="yellow")
    if now.state == "failed" and (before is None or before.state != "failed"):
        context.output.progress(f"{now.name} has failed for good; `airside logs {now.name}` shows why", style="red")
