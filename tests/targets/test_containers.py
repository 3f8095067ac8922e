"""What the other tests of targets stand on."""

import subprocess
from pathlib import Path

import compose_project
import container_images
import containers
import pytest
import seaweed
from containers import Podman

from airside.store.opening import open_store

pytestmark = pytest.mark.targets

STACK = """\
services:
  base:
    image: {image}
    command: ["sh", "-c", "sleep 2; touch /tmp/ready; exec sleep 600"]
    healthcheck:
      test: ["CMD-SHELL", "test -e /tmp/ready && test -n \\"$$(uname -n)\\""]
      interval: 5s
      timeout: 5s
      retries: 10
  second:
    image: {image}
    command: ["sleep", "600"]
    depends_on: {{base: {{condition: service_healthy}}}}
"""


def test_containers_of_a_network_find_each_other_by_name_and_this_machine_at_its_own_address(
    podman: Podman, tmp_path: Path
) -> None:
    image = container_images.debian(podman)
    network = podman.network()
    podman.run(image, "sleep", "600", name=f"first-{podman.token}", network=network)
    second = podman.run(image, "sleep", "600", network=network)
    assert second.exec("getent", "hosts", f"first-{podman.token}")
    with containers.own_address() as address, seaweed.serve(tmp_path, address=address) as store:
        assert second.exec("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", store.endpoint) == "403"
        assert open_store(store.url("prefix"), store.options) is not None


def test_an_account_is_as_in_the_image_of_airflow(podman: Podman) -> None:
    said = podman.once(container_images.debian(podman), "id", "airflow")
    assert said.startswith("uid=50000(airflow) gid=0(root)")


def test_the_image_of_postgres_is_told_what_to_make_like_the_official_one(podman: Podman, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a 'word'")
    network = podman.network()
    server = podman.run(
        container_images.postgres(podman),
        network=network,
        env={"POSTGRES_USER": "airflow", "POSTGRES_DB": "flows", "POSTGRES_PASSWORD_FILE": "/run/secrets/password"},
        options=("--volume", f"{tmp_path}/password:/run/secrets/password:ro"),
    )
    containers.await_true(lambda: _answers(server.address), "Postgres answers")
    query = ["psql", "-h", server.address, "-U", "airflow", "flows", "-Atc", "select 6 * 7"]
    done = subprocess.run(query, env={"PGPASSWORD": "a 'word'"}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "42"


def test_the_image_of_redis_answers(podman: Podman) -> None:
    server = podman.run(container_images.redis(podman), network=podman.network())
    containers.await_true(lambda: server.exec("redis-cli", "ping", check=False) == "PONG", "Redis answers")


def test_a_service_that_waits_for_a_healthy_one_is_started(podman: Podman, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(STACK.format(image=container_images.debian(podman)))
    with compose_project.project(podman, tmp_path) as project:
        project("up", "--detach", "--no-build")
        assert project.container("base").health == "healthy"
        assert project.container("second").running
        name = project.name
    assert podman("ps", "--all", "--quiet", "--filter", f"label={containers.COMPOSE_LABEL}={name}") == ""
    assert podman("network", "ls", "--quiet", "--filter", f"label={containers.COMPOSE_LABEL}={name}") == ""


def test_nothing_is_left_of_what_a_test_has_made() -> None:
    with containers.use() as podman:
        image = container_images.debian(podman)
        podman.run(image, "sleep", "600", network=podman.network(), options=("--volume", f"{podman.volume()}:/data"))
        label = f"label={containers.LABEL}={podman.token}"
    for words in (("ps", "--all"), ("network", "ls"), ("volume", "ls")):
        listed = ["podman", *words, "--quiet", "--filter", label]
        assert subprocess.run(listed, capture_output=True, check=True).stdout == b""


def _answers(address: str) -> bool:
    return subprocess.run(["pg_isready", "-q", "-h", address], check=False).returncode == 0
