"""`airside test --record WORKFLOW`: a first test, drafted from a run."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from airside.base.errors import FindingsError, PlatformError, RefusedError, UsageError, WorkspaceError
from airside.checking.testing import TESTS
from airside.cli import environ
from airside.cli.context import Context
from airside.cli.tested import environment_of_tests
from airside.running.current import LOCAL
from airside.secrets.identities import load_keys
from airside.secrets.layers import document_names, open_secrets
from airside.secrets.values import Connection, Secrets

_FIELDS = ("conn_type", "host", "login", "password", "schema", "port")


def record_case(context: Context, workflow: str) -> None:
    """Run `workflow` with what `dev` has, and write its first test.

    Raises:
        RefusedError: There is such a test.
        UsageError: There is no such workflow; or the secrets of `dev` cannot be read.
        FindingsError: The workflow asks for what `dev` does not have.
    """
    root = context.workspace.root
    path = root / TESTS / "functional" / f"{workflow}.yaml"
    if there := [each for each in (path, path.with_suffix(".yml")) if each.exists()]:
        raise RefusedError(
            f"{there[0].relative_to(root)} is there already, and is not overwritten",
            hint="Rename it, record again, and take over what you need.",
        )
    context.output.progress(f"Running {workflow} twice, with the connections and variables of {LOCAL}")
    answer = _recorded(context, workflow)
    _write(path, answer["draft"])
    shown = path.relative_to(root).as_posix()
    context.output.document({"file": shown, "states": answer["states"]})
    for name, state in answer["states"].items():
        context.output.say(f"  {name}: {state or 'never ended'}", style=None if state == "success" else "yellow")
    context.output.done(f"{shown} is a draft: say in it what has to come of the work", then=f"airside test {workflow}")


def _recorded(context: Context, workflow: str) -> Mapping[str, Any]:
    workspace = context.workspace
    secrets = _secrets(context)
    connections = {name: _plain(each) for name, each in secrets.connections.items() if each.vault_path is None}
    request = {
        "root": str(workspace.root),
        "dags_folder": str(workspace.root / workspace.settings.workspace.dags),
        "workflow": workflow,
        "connections": connections,
        "variables": dict(secrets.variables),
        "network": sorted({each.host for each in secrets.connections.values() if each.host}),
    }
    python, variables = environment_of_tests(context, workspace)
    command = [str(python), "-m", "airside.testing.recording"]
    done = subprocess.run(
        command,
        cwd=workspace.root,
        env=variables,
        input=msgspec.json.encode(request),
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        raise PlatformError(f"The run of {workflow} could not be recorded", hint="What it said is above.")
    answer: dict[str, Any] = json.loads(done.stdout)
    if answer["message"] is not None:
        raise UsageError(answer["message"], hint=answer["hint"])
    if missing := answer["missing"]:
        raise FindingsError(
            f"{workflow} asked for {', '.join(missing)}, which {LOCAL} does not have",
            hint=f"`airside secrets edit {LOCAL}`, or write {TESTS}/functional/{workflow}.yaml with stand-ins.",
        )
    return answer


def _secrets(context: Context) -> Secrets:
    folder = context.workspace.root / "secrets"
    paths = [path for name in document_names(LOCAL) if (path := folder / name).is_file()]
    keys = load_keys(environ.variables(), None)
    return open_secrets({f"secrets/{path.name}": path.read_bytes() for path in paths}, keys)


def _plain(connection: Connection) -> dict[str, Any] | str:
    if connection.uri is not None:
        return connection.uri
    said = {name: value for name in _FIELDS if (value := getattr(connection, name)) is not None}
    return said | ({"extra": json.loads(connection.extra)} if connection.extra else {})


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be written: {error.strerror}") from error
