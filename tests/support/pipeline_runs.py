"""A CI service, as far as a pipeline sees one: it sets variables, and runs the scripts of a job."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pipelines import scripts_of

from airside.cli import environ

# The requirement is not published, so what is fetched stands on this machine already.
_UVX = """\
#!/bin/sh
[ "$1" = --from ] && [ "$2" = "$AIRSIDE" ] && [ "$3" = airside ] || exit 99
shift 3
exec {python} -m airside "$@"
"""

_TOLD = {
    "github": (
        "GITHUB_SHA",
        {"GITHUB_SERVER_URL": "https://git.example.com", "GITHUB_REPOSITORY": "ana/flows", "GITHUB_RUN_ID": "7"},
    ),
    "gitlab": ("CI_COMMIT_SHA", {"CI_PIPELINE_URL": "https://git.example.com/7", "GITLAB_USER_LOGIN": "ana"}),
    "circleci": ("CIRCLE_SHA1", {"CIRCLE_BUILD_URL": "https://ci.example.com/7", "CIRCLE_USERNAME": "ana"}),
    "jenkins": ("GIT_COMMIT", {"BUILD_URL": "https://jenkins.example.com/7"}),
}
_EXPRESSION = re.compile(r"\$\{\{ ([\w.]+) \}\}")


@dataclass(frozen=True)
class Service:
    """A CI service with a checkout.

    Attributes:
        name: One of `pipelines.SERVICES`.
        root: The checkout: the workspace.
        outside: A folder that jobs may use beside it.
        secrets: What the service keeps, by name.
    """

    name: str
    root: Path
    outside: Path
    secrets: Mapping[str, str]

    def run(self, script: str, *, code: int | None = 0) -> str:
        """Run the script whose name begins with `script`, at the commit that is checked out; return what it prints."""
        found = [
            (text, title)
            for text in self._files()
            for title in scripts_of(self.name, text)
            if title.lower().startswith(script)
        ]
        assert found, script
        text, title = found[0]
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", scripts_of(self.name, text)[title]],
            cwd=self.root,
            env=self._environ(text, title),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        printed = done.stdout + done.stderr
        assert code is None or done.returncode == code, f"{title} ended with {done.returncode}:\n{printed}"
        return printed

    def _files(self) -> list[str]:
        places = {
            "github": ("airside-pull-request.yml", "airside.yml"),
            "gitlab": (".gitlab-ci.yml",),
            "circleci": ("config.yml",),
            "jenkins": ("Jenkinsfile",),
        }
        folder = {"github": ".github/workflows", "circleci": ".circleci"}.get(self.name, ".")
        return [(self.root / folder / name).read_text() for name in places[self.name]]

    def _environ(self, text: str, title: str) -> dict[str, str]:
        programs = self.outside / "bin"
        programs.mkdir(parents=True, exist_ok=True)
        uvx = programs / "uvx"
        uvx.write_text(_UVX.format(python=shlex.quote(sys.executable)))
        uvx.chmod(0o755)
        commit, told = _TOLD[self.name]
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=self.root, capture_output=True, text=True, check=True)
        return {
            **environ.variables(),
            "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), environ.variables()["PATH"]]),
            "XDG_CONFIG_HOME": str(self.outside / "config"),
            "LANG": "C.UTF-8",
            "GITHUB_STEP_SUMMARY": str(self.outside / "summary.md"),
            "WORKSPACE_TMP": environ.variables()["HOME"],  # where uv has what it has fetched
            commit: head.stdout.strip(),
            **told,
            **self._given(text, title),
        }

    def _given(self, text: str, title: str) -> dict[str, str]:
        """Return the variables that the file itself sets for the job, and the secrets that reach it."""
        if self.name == "jenkins":
            variables = dict(re.findall(r"^    (\w+) = '(.*)'$", text, re.MULTILINE))
            stage = text[text.index(f"stage('{title}')") :].partition("\n    stage(")[0]
            bound = re.findall(r"credentialsId: '(.*)', variable: '(.*)'", stage)
            return variables | {variable: self.secrets[name] for name, variable in bound}
        document = yaml.safe_load(text)
        if self.name == "github":
            return self._of_github(document, title)
        if self.name == "gitlab":
            own = {name: value for name, value in document["variables"].items() if "$" not in value}
            return {**own, **self.secrets}
        (job,) = [job for job in document["jobs"].values() if title in json.dumps(job, ensure_ascii=False)]
        return {**job["environment"], **self.secrets}

    def _of_github(self, document: Any, title: str) -> dict[str, str]:  # noqa: ANN401 - a file
        steps = [step for job in document["jobs"].values() for step in job["steps"] if step.get("name") == title]
        return {**document["env"], **{name: self._filled(value) for name, value in steps[0].get("env", {}).items()}}

    def _filled(self, text: str) -> str:
        known = {"github.actor": "ana", **{f"secrets.{name}": value for name, value in self.secrets.items()}}
        return _EXPRESSION.sub(lambda match: known.get(match[1], ""), text)
