"""The steps of the demonstration, in order."""

import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airside.base.errors import FindingsError
from airside.base.names import bundle_name
from airside.cli.demo.remains import mark
from airside.cli.demo.stage import Stage, expect
from airside.platform.api import AirflowClient
from airside.platform.local import RunningPlatform, find
from airside.workspace.workspace import open_workspace

ENVIRONMENT = "production"
CONSTANT = re.compile(r"^(LATE_AFTER_MINUTES = )(\d+)$", re.MULTILINE)
"""The line of the workflow that the demonstration changes."""

PNG = b"\x89PNG\r\n\x1a\n"
FINISHED = {"success", "failed"}
VERIFICATION = Path(__file__).with_name("verify_rows.py")


@dataclass
class Journey:
    """What one step leaves for the next.

    Attributes:
        stage: Where it plays.
        port: The port that the user asked for; None leaves the choice to `airside up`.
        trees: The tree of each release, in the order of their deploys.
    """

    stage: Stage
    port: int | None = None
    trees: list[str] = field(default_factory=list)

    def play(self) -> None:
        """Play every step.

        Raises:
            AirsideError: A step failed, or what it promises does not hold.
        """
        self.make_workspace()
        self.start_airflow()
        self.deploy_first_release()
        self.run_workflow()
        self.verify_rows()
        self.deploy_changed_line()
        self.roll_back()

    def make_workspace(self) -> None:
        """A workspace with a real workflow, committed to git."""
        stage = self.stage
        with stage.step("Make a workspace from the template `flights`") as seen:
            # A repository of its own, even below another one.
            mark(stage.folder)
            stage.run(["git", "init", "--quiet", "--initial-branch=main"])
            stage.airside("init", str(stage.folder), "--template", "flights", where=stage.folder.parent)
            self._commit("A workflow over the flights of 2013")
            seen.append(str(stage.folder))

    def start_airflow(self) -> None:
        """A real Airflow that tracks the environment."""
        port = ("--port", str(self.port)) if self.port else ()
        with self.stage.step(f"Start a real Airflow that tracks `{ENVIRONMENT}`") as seen:
            self.stage.airside("up", "--detach", "--track", ENVIRONMENT, *port)
            seen.append(self._platform().url)

    def deploy_first_release(self) -> None:
        """The first release, served."""
        with self.stage.step("Deploy the first release, until Airflow serves it") as seen:
            seen.append(self._deploy())

    def run_workflow(self) -> None:
        """One run of the workflow, pinned to the release, successful."""
        with self.stage.step("Run the workflow over 336,776 flights") as seen:
            client = self._client()
            workflow = client.workflows(bundle_name(ENVIRONMENT))[0].id
            run = client.trigger(workflow, {})
            state = _finished(client, workflow, run)
            expect("the run succeeds", holds=state.state == "success")
            expect("the run is pinned to the tree of the release", holds=state.bundle_version == self.trees[0])
            picture = Path(client.result(workflow, run, "chart"))
            expect("the chart is a picture", holds=picture.read_bytes().startswith(PNG))
            summary = client.result(workflow, run, "summary")
            expect("the summary names the late flights", holds="minutes late" in summary)
            seen.append(summary.splitlines()[0].lstrip("# "))

    def verify_rows(self) -> None:
        """The rows in Postgres, compared with what the source says."""
        with self.stage.step("Verify every row in Postgres against the source") as seen:
            match = CONSTANT.search(self._workflow_file().read_text())
            minutes = match[2] if match else ""
            seen.append(self.stage.run([*_AIRSIDE, "shell", "--", "python", str(VERIFICATION), minutes]))

    def deploy_changed_line(self) -> None:
        """A changed line, planned, deployed and served."""
        file = self._workflow_file()
        with self.stage.step("Change a line, plan, deploy, until Airflow serves it") as seen:
            file.write_text(CONSTANT.sub(lambda match: f"{match[1]}{int(match[2]) * 2}", file.read_text()))
            self._commit("A flight is late after twice as long")
            plan = self.stage.airside("plan", ENVIRONMENT)["plan"]
            changed = file.relative_to(self.stage.folder).as_posix()
            expect(f"the plan changes {changed} alone", holds=plan["files"] == {**_NO_FILES, "changed": [changed]})
            seen.append(self._deploy())
            expect("the second release is another tree", holds=self.trees[1] != self.trees[0])

    def roll_back(self) -> None:
        """The first release, served again."""
        with self.stage.step("Roll back, until Airflow serves the first release again") as seen:
            moved = self.stage.airside("rollback", ENVIRONMENT)
            expect("the rollback leads to the first tree", holds=moved["tree"] == self.trees[0])
            self._expect_served(self.trees[0])
            seen.append(f"generation {moved['generation']}, pinned")

    def _deploy(self) -> str:
        moved = self.stage.airside("deploy", ENVIRONMENT)
        expect("Airflow serves the release", holds=moved["served"] is True)
        self.trees.append(moved["tree"])
        self._expect_served(moved["tree"])
        return f"release {moved['release']}, {moved['uploaded']['bytes']:,} bytes"

    def _expect_served(self, tree: str) -> None:
        served = self._client().workflows(bundle_name(ENVIRONMENT))
        expect("Airflow serves a workflow", holds=bool(served))
        for workflow in served:
            expect(f"Airflow serves {workflow.id} from {tree}", holds=workflow.version == tree)

    def _commit(self, message: str) -> None:
        self.stage.run(["git", "add", "--all"])
        identity = ["-c", "user.name=Airside demo", "-c", "user.email=demo@example.com"]
        self.stage.run(["git", *identity, "commit", "--quiet", "--message", message])

    def _workflow_file(self) -> Path:
        for folder in ("dags", "lib"):
            for file in sorted((self.stage.folder / folder).rglob("*.py")):
                if CONSTANT.search(file.read_text()):
                    return file
        raise FindingsError("The template `flights` has no line LATE_AFTER_MINUTES to change")

    def _platform(self) -> RunningPlatform:
        if (platform := find(open_workspace(self.stage.folder))) is None:
            raise FindingsError("The Airflow of the demonstration does not run")
        return platform

    def _client(self) -> AirflowClient:
        return self._platform().client()


_AIRSIDE = (sys.executable, "-m", "airside")
_NO_FILES: dict[str, list[str]] = {"added": [], "changed": [], "removed": []}


def _finished(client: AirflowClient, workflow: str, run: str) -> Any:  # noqa: ANN401 - RunState of the client
    while (state := client.run_state(workflow, run)).state not in FINISHED:
        time.sleep(0.3)
    return state
