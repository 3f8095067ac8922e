"""A workspace with a real Airflow, used as a user does: by typing commands and saving files."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from folders import SETTINGS, Folder

from airside.platform.api import AirflowClient
from airside.platform.local import RunningPlatform, find
from airside.workspace.workspace import Workspace, open_workspace

WAITING = """\
import time
from pathlib import Path
from airflow.sdk import dag, get_current_context, task

@dag(schedule=None)
def waiting():
    @task
    def late() -> str:
        flag = Path(get_current_context()["dag_run"].conf["flag"])
        flag.with_suffix(".started").touch()
        while not flag.exists():
            time.sleep(0.1)
        from lib.version import VERSION
        return VERSION
    late()

waiting()
"""
PATIENCE = 90.0


@dataclass(frozen=True, slots=True)
class Typed:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - each verb has its own document
        return json.loads(self.out)


class Place(Folder):
    variables: ClassVar[dict[str, str]] = {}
    """What all commands have in their environment beside what these tests have in theirs: the user's key."""

    def __init__(self, root: Path, settings: str = SETTINGS) -> None:
        files = {"dags/waiting.py": WAITING, "lib/version.py": "VERSION = 'first'\n"}
        super().__init__(root, settings, files)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "airside", "-C", str(self.root), "--yes", *arguments]

    @property
    def environ(self) -> Mapping[str, str]:
        own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251
        return own | self.variables

    def airside(self, *arguments: str, code: int | None = 0) -> Typed:
        done = subprocess.run(
            self.command(*arguments), env=self.environ, capture_output=True, text=True, check=False, timeout=300
        )
        assert code is None or done.returncode == code, f"{arguments} ended with {done}"
        return Typed(done.returncode, done.stdout, done.stderr)

    def deploy(self, version: str) -> Any:  # noqa: ANN401 - whatever the verb prints
        """Release `version`, wait until it is served, and return the document of the deploy."""
        self.write("lib/version.py", f"VERSION = {version!r}\n")
        self.commit()
        return self.airside("--json", "deploy", "production").document

    @property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    def platform(self) -> RunningPlatform:
        platform = find(self.workspace)
        assert platform is not None
        return platform

    def client(self) -> AirflowClient:
        return self.platform().client()

    def component(self, name: str) -> dict[str, Any]:
        components = self.airside("--json", "status", code=None).document["platform"]["components"]
        found: dict[str, Any] = next(each for each in components if each["name"] == name)
        return found


def until(condition: Callable[[], object], *, seconds: float = PATIENCE) -> float:
    """Wait until `condition` holds, and return how long that took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, f"not within {seconds:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - started
