"""Pipelines that were rendered, for tests, and the programs that judge them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import tree_sitter_groovy
import yaml
from rendered_subject import subject
from tree_sitter import Language, Node, Parser

from airside.workspace.settings import StoreSettings

SERVICES = ("github", "gitlab", "circleci", "jenkins")
AWS = """
[ci.aws]
role = "arn:aws:iam::123456789012:role/airside-deploys"
plan_role = "arn:aws:iam::123456789012:role/airside-reads"
region = "eu-west-3"
"""
GCP = """
[ci.gcp]
provider = "projects/123456/locations/global/workloadIdentityPools/ci/providers/vendor"
service_account = "deploys@sales.iam.gserviceaccount.com"
plan_service_account = "reads@sales.iam.gserviceaccount.com"
"""


def rendered(
    service: str, settings: str = "", *, store: str | None = None, wheel: bool = False, lock: bool = True
) -> dict[str, str]:
    """Return the files of a pipeline, by path.

    Args:
        service: One of `SERVICES`.
        settings: More lines of `airside.toml`; the last table before them is `[environments.production]`.
        store: The URL of the store; by default a bucket of the provider that the settings are about.
        wheel: The Airside is not published.
        lock: There is a `requirements.lock`.
    """
    made = subject(settings, environments=(), target=service)
    place = store or ("gs://releases/flows" if "[ci.gcp]" in settings else None)
    if place:
        made = replace(made, settings=made.settings.model_copy(update={"store": StoreSettings(url=place)}))
    if wheel:
        made = replace(made, airside=replace(made.airside, wheel=True))
    if not lock:
        made = replace(made, lock=None)
    files = import_module(f"airside.render.ci.{service}").render(made)
    return {file.path: file.text for file in files}


def written(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Write files below `folder` and return where they are."""
    paths = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        paths.append(path)
    return paths


def judged(program: str, *arguments: str | Path) -> str:
    """Return what a program of the development environment complains of; nothing when it is content."""
    found = Path(sys.executable).with_name(program)
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False, timeout=120)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def scripts_of(service: str, text: str) -> dict[str, str]:
    """Return the scripts of a rendered file, by the names that people see."""
    if service == "jenkins":
        return _jenkins(text)
    document = yaml.safe_load(text)
    if service == "gitlab":
        jobs = {name: job for name, job in document.items() if isinstance(job, dict) and "script" in job}
        return {name: "\n".join(job["script"]) for name, job in jobs.items()}
    key, name_key = ("run", "name") if service == "github" else ("command", "name")
    found = {}
    for job in document["jobs"].values():
        for step in job["steps"]:
            told = step if service == "github" else step.get("run") if isinstance(step, dict) else None
            if told and key in told:
                found[told[name_key]] = told[key]
    return found


def _jenkins(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    stage = ""
    for number, part in enumerate(text.split("'''")):
        if number % 2:
            script = part.replace("\\'", "'").replace("\\\\", "\\")
            found[stage] = f"{found[stage]}\n{script}" if stage in found else script
        elif "stage('" in part:
            stage = part.rpartition("stage('")[2].partition("')")[0]
    return found


def groovy_faults(text: str) -> list[str]:
    """Return where `text` is not Groovy."""
    tree = Parser(Language(tree_sitter_groovy.language())).parse(text.encode())
    found: list[str] = []

    def walk(node: Node) -> None:
        if node.is_error or node.is_missing:
            found.append(f"line {node.start_point[0] + 1}: {(node.text or b'').decode()[:60]}")
        for child in node.children:
            walk(child)

    walk(tree.root_node)
    return found


def document(text: str) -> dict[str, Any]:
    """Return YAML as values; `on` of GitHub is the key True in YAML 1.1."""
    return dict(json.loads(json.dumps(yaml.safe_load(text))))
