"""The rendered stack of docker-compose runs: healthy, with releases of a bucket, and none is restarted for one."""

from collections.abc import Iterator
from pathlib import Path

import compose_stack
import container_images
import obstore
import pytest
from compose_stack import Stack
from containers import Podman, await_true
from obstore.store import S3Store
from seaweed import ACCESS_KEY, BUCKET, SECRET_KEY, Server
from target_workspace import TargetWorkspace, make_workspace

pytestmark = pytest.mark.targets

WORDS = {"LocalExecutor": 1, "CeleryExecutor": 2}


@pytest.fixture(scope="module", params=["LocalExecutor", "CeleryExecutor"])
def executor(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def workspace(
    executor: str, podman: Podman, bucket_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> TargetWorkspace:
    settings = (
        f'[compose]\nexecutor = "{executor}"\nworkers = {WORDS[executor]}\ngrace = "5s"\n'
        f'postgres = "{container_images.postgres(podman)}"\nredis = "{container_images.redis(podman)}"\n'
    )
    root = tmp_path_factory.mktemp("compose") / "sales-flows"
    return make_workspace(root, podman, bucket_server, f"flows-{executor.lower()}", settings)


@pytest.fixture(scope="module")
def stack(workspace: TargetWorkspace) -> Iterator[Stack]:
    image = workspace.image()
    workspace.deploy("one")
    workspace.verb("render", "compose", "--env", "production")
    folder = workspace.root / "deploy" / "compose" / "production"
    with compose_stack.running(workspace, folder, image) as found:
        yield found


def test_a_release_runs_and_its_rows_are_there(stack: Stack) -> None:
    stack.airflow.await_workflow("orders")
    run = stack.airflow.run("orders")
    assert stack.rows(run) == ["1|one", "2|one", "3|one"]


def test_every_part_is_healthy(stack: Stack, executor: str) -> None:
    parts = ["postgres", "api-server", "scheduler", "dag-processor", "triggerer"]
    parts += ["redis", "worker"] if executor == "CeleryExecutor" else []
    healths = {part: {each.health for each in stack.project.containers(part)} for part in parts}
    assert healths == {part: {"healthy"} for part in parts}
    assert len(stack.project.containers("worker" if executor == "CeleryExecutor" else "scheduler")) == WORDS[executor]


def test_no_container_of_airflow_runs_as_root(stack: Stack) -> None:
    for service in ("api-server", "scheduler", "dag-processor", "triggerer"):
        container = stack.project.container(service)
        assert container.exec("id", "-u") == "50000"
        (secret,) = {line.split()[0] for line in container.exec("ls", "-ln", "/run/secrets/fernet_key").splitlines()}
        assert secret == "-rw-------"


def test_a_deploy_and_a_rollback_are_followed_and_nothing_is_restarted(
    stack: Stack, workspace: TargetWorkspace
) -> None:
    stack.airflow.await_workflow("orders")
    before = stack.project.everything()
    pointer = workspace.deploy("two", second=1)
    stack.airflow.await_workflow("orders", pointer.tree)
    assert stack.rows(stack.airflow.run("orders")) == ["1|two", "2|two", "3|two"]
    workspace.verb("rollback", "production")
    await_true(lambda: stack.rows(stack.airflow.run("orders"))[0] == "1|one", "the rollback is served")
    assert stack.project.everything() == before


def test_logs_are_in_the_bucket_when_the_container_of_the_task_is_gone(
    stack: Stack, workspace: TargetWorkspace, executor: str
) -> None:
    stack.airflow.await_workflow("orders")
    run = stack.airflow.run("orders")
    service = "worker" if executor == "CeleryExecutor" else "scheduler"
    for container in stack.project.containers(service):
        container.remove(seconds=10)
    bucket = S3Store(
        BUCKET,
        prefix="logs/production",
        endpoint=workspace.server.endpoint,
        region="us-east-1",
        access_key_id=ACCESS_KEY,
        secret_access_key=SECRET_KEY,
        client_options={"allow_http": True},
    )
    kept = [each["path"] for batch in obstore.list(bucket) for each in batch if run in each["path"]]
    assert len(kept) == 3
    assert "loading 2 with" in stack.airflow.log("orders", run, "load", 1)
    stack.project("up", "--detach", "--no-recreate", "--wait", "--wait-timeout", "600")
    assert stack.airflow.run("orders")


def test_no_secret_is_in_what_was_rendered(workspace: TargetWorkspace, stack: Stack) -> None:
    folder = workspace.root / "deploy" / "compose" / "production"
    secrets = {path.read_text().strip() for path in (folder / "secrets").iterdir()} - {""}
    rendered = [path for path in folder.rglob("*") if path.is_file() and path.parent != folder / "secrets"]
    assert len(secrets) > 5
    assert not [path for path in rendered for secret in secrets if secret in path.read_text()]


def test_in_development_an_edit_is_live(podman: Podman, bucket_server: Server, tmp_path: Path) -> None:
    settings = f'[compose]\npostgres = "{container_images.postgres(podman)}"\n'
    workspace = make_workspace(tmp_path / "sales-flows", podman, bucket_server, "dev", settings)
    image = workspace.image()
    workspace.verb("render", "compose")
    with compose_stack.running(workspace, workspace.root / "deploy" / "compose", image) as stack:
        stack.airflow.await_workflow("orders")
        assert stack.rows(stack.airflow.run("orders")) == ["1|working tree", "2|working tree", "3|working tree"]
        before = stack.project.everything()
        (workspace.root / "lib" / "words.py").write_text('WORD = "edited"\n')
        (workspace.root / "dags" / "more.py").write_text(
            (workspace.root / "dags" / "orders.py").read_text().replace("orders()", "more()")
        )
        stack.airflow.await_workflow("more")
        assert stack.rows(stack.airflow.run("orders"))[0] == "1|edited"
        assert stack.project.everything() == before
