"""The apps for Clever Cloud run as they are: built from what is pushed, with the variables of add-ons."""

import json
from collections.abc import Iterator

import obstore
import paas_apps
import pytest
from containers import Podman, await_true
from obstore.store import S3Store
from paas_apps import Apps
from seaweed import ACCESS_KEY, BUCKET, SECRET_KEY, Server
from target_workspace import make_workspace

pytestmark = pytest.mark.targets


@pytest.fixture(scope="module")
def apps(podman: Podman, bucket_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apps]:
    root = tmp_path_factory.mktemp("clevercloud")
    settings = f'[clevercloud]\nbase_url = "http://api-{podman.token}:8080"\n'
    workspace = make_workspace(root / "sales-flows", podman, bucket_server, "flows-clevercloud", settings)
    overlay = workspace.root / "deploy" / "overlays" / "clevercloud" / "scheduler" / "scheduler.env"
    overlay.parent.mkdir(parents=True)
    overlay.write_text("AIRFLOW__CORE__PARALLELISM=4\n")
    workspace.deploy("one")
    workspace.verb("render", "clevercloud", "--env", "production")
    folder = workspace.root / "deploy" / "clevercloud" / "production"
    with paas_apps.deployed(workspace, folder, root / "cloud") as found:
        yield found


def test_a_release_is_served_and_a_run_writes_its_rows(apps: Apps) -> None:
    apps.airflow.await_workflow("orders")
    assert apps.rows(apps.airflow.run("orders")) == ["1|one", "2|one", "3|one"]


def test_each_app_answers_on_the_port_that_is_watched(apps: Apps) -> None:
    status, said = paas_apps.get(apps.running["scheduler"], "/health")
    assert (status, json.loads(said)) == (200, {"scheduler": "runs", "dag-processor": "runs", "triggerer": "runs"})
    status, said = paas_apps.get(apps.running["api"], "/api/v2/monitor/health")
    assert (status, json.loads(said)["scheduler"]["status"]) == (200, "healthy")


def test_a_process_that_dies_is_told_and_started_again(apps: Apps) -> None:
    scheduler = apps.running["scheduler"]
    scheduler.exec("pkill", "-KILL", "-f", "airflow triggerer")
    await_true(lambda: "triggerer ended with -9" in scheduler.logs(), "the death is noticed")
    await_true(lambda: paas_apps.get(scheduler, "/health")[0] == 200, "it runs again", 300)


def test_logs_are_in_the_bucket_and_outlive_the_machine_of_the_task(apps: Apps) -> None:
    apps.airflow.await_workflow("orders")
    run = apps.airflow.run("orders")
    server = apps.workspace.server
    bucket = S3Store(
        BUCKET,
        prefix="logs/production",
        endpoint=server.endpoint,
        region="us-east-1",
        access_key_id=ACCESS_KEY,
        secret_access_key=SECRET_KEY,
        client_options={"allow_http": True},
    )

    def kept() -> list[str]:
        return [each["path"] for batch in obstore.list(bucket) for each in batch if run in each["path"]]

    # A log is uploaded after its task has said that it succeeded.
    await_true(lambda: len(kept()) == 3, "three logs are in the bucket")
    apps.start("scheduler")
    assert "loading 2 with" in apps.airflow.log("orders", run, "load", 1)
    assert apps.rows(apps.airflow.run("orders")) == ["1|one", "2|one", "3|one"]


def test_the_api_server_comes_back_on_another_machine(apps: Apps) -> None:
    apps.start("api")
    apps.airflow.await_workflow("orders")
    assert apps.airflow.run("orders")


def test_a_deploy_is_followed_and_no_app_is_started_again(apps: Apps) -> None:
    apps.airflow.await_workflow("orders")
    before = {part: container.started for part, container in apps.running.items()}
    pointer = apps.workspace.deploy("two", second=1)
    apps.airflow.await_workflow("orders", pointer.tree)
    assert apps.rows(apps.airflow.run("orders")) == ["1|two", "2|two", "3|two"]
    apps.workspace.verb("rollback", "production")
    await_true(lambda: apps.rows(apps.airflow.run("orders"))[0] == "1|one", "the rollback is served")
    assert {part: container.started for part, container in apps.running.items()} == before


def test_sigterm_lets_tasks_end_and_none_is_run_twice(apps: Apps) -> None:
    apps.airflow.await_workflow("orders")
    run = apps.airflow.trigger("orders", seconds=20)
    running = f"select count(*) from task_instance where run_id = '{run}' and state = 'running'"  # noqa: S608 - a test's
    await_true(lambda: apps.sql(running, "flows") == ["3"], "three tasks run", 240)
    apps.podman("stop", "--time", "300", apps.running["scheduler"].id)
    assert apps.running["scheduler"].inspect()["State"]["ExitCode"] == 0
    assert len(apps.rows(run)) == 3
    apps.start("scheduler")
    apps.airflow.await_end("orders", run)
    assert apps.airflow.state("orders", run) == "success"
    assert len(apps.rows(run)) == 3


@pytest.mark.parametrize("part", ["api", "scheduler"])
def test_an_add_on_that_is_not_linked_is_named(apps: Apps, part: str) -> None:
    options = [f"--env={name}={value}" for name, value in apps.variables(part).items() if "ADDON_PASS" not in name]
    container = apps.podman.run(apps.images[part], options=tuple(options))
    await_true(lambda: not container.running, "it ends")
    assert container.inspect()["State"]["ExitCode"] == 78
    hint = f"clever service link-addon sales-flows-postgres --alias sales-flows-{part}"
    assert container.logs().strip() == (
        f"airside: not set: POSTGRESQL_ADDON_PASSWORD (for the database: link the add-on: {hint})"
    )


def test_no_secret_is_in_an_image_an_argument_or_the_output_of_an_app(apps: Apps) -> None:
    for part, container in apps.running.items():
        seen = apps.podman("history", "--no-trunc", apps.images[part])
        seen += apps.podman("image", "inspect", apps.images[part]) + container.exec("ps", "-eww", "-o", "args")
        seen += container.logs()
        assert not [secret for secret in apps.secrets() if secret in seen]


def test_an_overlay_reaches_the_app(apps: Apps) -> None:
    assert apps.variables("scheduler")["AIRFLOW__CORE__PARALLELISM"] == "4"
    assert "AIRFLOW__CORE__PARALLELISM" not in apps.variables("api")


def test_no_app_runs_as_root(apps: Apps) -> None:
    for container in apps.running.values():
        assert container.exec("id", "-u") == "50000"
