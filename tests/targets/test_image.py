"""`airside image build` makes an image that runs."""

import json
import shutil
from pathlib import Path

import container_images
import pytest
from containers import Podman
from seaweed import Server
from target_workspace import TargetWorkspace, make_workspace

from airside.base.digest import Digest

pytestmark = pytest.mark.targets

_WITHOUT_BYTECODE = """\
import pathlib, sysconfig, importlib.util
packages = pathlib.Path(sysconfig.get_path("purelib"))
missing = [p for p in packages.rglob("*.py") if not pathlib.Path(importlib.util.cache_from_source(str(p))).exists()]
print(len(list(packages.rglob("*.py"))), len(missing))
"""


@pytest.fixture(scope="module")
def workspace(podman: Podman, bucket_server: Server, tmp_path_factory: pytest.TempPathFactory) -> TargetWorkspace:
    return make_workspace(tmp_path_factory.mktemp("image") / "sales-flows", podman, bucket_server, "image", "")


@pytest.fixture(scope="module")
def image(workspace: TargetWorkspace) -> str:
    return workspace.image()


def test_airflow_runs_in_it_as_an_account_that_is_not_root(podman: Podman, image: str) -> None:
    assert podman.once(image, "airflow", "version") == "3.3.2"
    assert podman.once(image, "id").startswith("uid=50000(airflow) gid=0(root)")


def test_an_account_that_it_does_not_know_can_run_airflow_too(podman: Podman, image: str) -> None:
    options = ("--user", "1234:0", "--env", "HOME=/home/airflow", "--env", "USER=airflow")
    assert podman.once(image, "airflow", "version", options=options) == "3.3.2"


def test_all_but_broken_files_are_compiled(podman: Podman, image: str) -> None:
    files, missing = map(int, podman.once(image, "python", "-c", _WITHOUT_BYTECODE).split())
    assert files > 5000
    assert missing < 20  # such as templates that end in .py


def test_it_has_exactly_the_packages_of_the_lock_file_and_airside(
    podman: Podman, image: str, workspace: TargetWorkspace
) -> None:
    lock = (workspace.root / "requirements.lock").read_text().splitlines()
    locked = {line.partition(";")[0].strip() for line in lock if "==" in line and not line.strip().startswith("#")}
    frozen = podman.once(image, "uv", "pip", "freeze").splitlines()
    installed = {line for line in frozen if not line.startswith(("airside", "uv==", "pip==", "setuptools=="))}
    assert installed == {line for line in locked if not line.startswith(("uv==", "pip==", "setuptools=="))}
    assert any(line.startswith("airside") for line in frozen)


def test_it_says_for_which_lock_file_it_is(podman: Podman, image: str, workspace: TargetWorkspace) -> None:
    lock = Digest.of((workspace.root / "requirements.lock").read_bytes())
    labels = json.loads(podman("image", "inspect", image))[0]["Labels"]
    assert labels["dev.airside.lock"] == lock
    assert podman.once(image, "printenv", "AIRSIDE_LOCK") == lock
    assert image == f"{container_images.REPOSITORY}airflow:{lock.hex[:12]}"


def test_no_workflow_is_in_it(podman: Podman, image: str) -> None:
    assert podman.once(image, "find", "/opt/airflow", "-name", "*.py") == ""
    assert podman.once(image, "ls", "/opt/airflow/dags") == ""


def test_what_has_not_changed_is_not_built_again(podman: Podman, image: str, workspace: TargetWorkspace) -> None:
    before = podman("image", "inspect", "--format", "{{.Id}}", image)
    assert workspace.image() == image
    assert podman("image", "inspect", "--format", "{{.Id}}", image) == before


def test_an_overlay_comes_at_its_end(podman: Podman, workspace: TargetWorkspace, image: str) -> None:
    overlay = workspace.root / "deploy" / "overlays" / "image" / "Containerfile"
    overlay.parent.mkdir(parents=True)
    overlay.write_text("ENV OWN=of-the-team\n")
    workspace.verb("image", "build", "--with", "podman", "--tag", "own")
    shutil.rmtree(workspace.root / "deploy")
    own = f"{container_images.REPOSITORY}airflow:own"
    assert podman.once(own, "printenv", "OWN") == "of-the-team"
    podman("rmi", own)


def test_a_build_that_fails_says_which_step_did(workspace: TargetWorkspace, image: str) -> None:
    overlay = workspace.root / "deploy" / "overlays" / "image" / "Containerfile"
    overlay.parent.mkdir(parents=True)
    overlay.write_text("RUN echo the-reason >&2; exit 3\n")
    said = workspace.verb("image", "build", "--with", "podman", "--tag", "broken", check=False)
    shutil.rmtree(workspace.root / "deploy")
    assert "could not build" in said
    assert "the-reason" in said


def test_a_registry_that_is_not_there_is_told_of(workspace: TargetWorkspace, tmp_path: Path, image: str) -> None:
    settings = workspace.root / "airside.toml"
    before = settings.read_text()
    settings.write_text(before.replace(f'name = "{container_images.REPOSITORY}airflow"', 'name = "127.0.0.1:9/team/x"'))
    said = workspace.verb("image", "build", "--with", "podman", "--push", check=False)
    settings.write_text(before)
    assert "127.0.0.1:9 did not take 127.0.0.1:9/team/x" in said
    workspace.podman("rmi", "--force", f"127.0.0.1:9/team/x:{image.rpartition(':')[2]}")
