"""The pod of a task really runs: Airflow's executor makes it from the rendered template, podman plays it."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pod_player
import pytest
import yaml
from airflow_place import Place
from containers import Podman, await_true
from pod_executor import PLACE
from pod_player import Node
from seaweed import Server
from shipping import REQUEST, deploy
from target_workspace import TargetWorkspace, make_workspace

from airside.platform.ports import free_port
from airside.store.opening import open_store

pytestmark = pytest.mark.targets

API_PORT = 8080
SUPPORT = Path(__file__).parents[1] / "support"
WORKFLOW = '''\
"""Tells which code runs, takes its time, and fails if that is asked for."""

import datetime
import time

from airflow.sdk import dag, get_current_context, task
from lib.words import WORD


@dag(schedule=None, start_date=datetime.datetime(2026, 1, 1))
def orders():
    @task
    def load():
        conf = get_current_context()["dag_run"].conf or {}
        print("loading with", WORD, flush=True)
        time.sleep(float(conf.get("seconds", 0)))
        if conf.get("fail"):
            raise ValueError("as it was asked for")
        return WORD

    @task
    def after(word):
        return f"{word} {WORD}"

    after(load())


orders()
'''
HELM = """\
[helm]
[helm.workers]
grace = 300
cache_path = "{cache}"
[helm.secrets]
store = "{secret}"
age = ""
"""
CONTROL = """\
[workspace]
name = "sales-flows"
include = ["lib"]

[airflow.config.core]
executor = "pod_executor.PodExecutor"
dags_are_paused_at_creation = false

[airflow.env]
PYTHONPATH = "{support}"
{place} = "{folder}"
AWS_ACCESS_KEY_ID = "{key}"
AWS_SECRET_ACCESS_KEY = "{secret}"

[store]
url = "{url}"
options = {{ endpoint = "{endpoint}", region = "us-east-1", allow_http = "true" }}

[environments.production]
"""


@dataclass
class Cluster:
    """An Airflow without workers of its own, and the node that its tasks run on."""

    node: Node
    airflow: Place
    workspace: TargetWorkspace
    cable: Any
    deploys: int = 0

    @property
    def word(self) -> str:
        """What the served release says."""
        return f"word {self.deploys}"

    def deploy(self) -> None:
        """Ship a release that says another word, and wait until it is served."""
        self.deploys += 1
        second, word = self.deploys, self.word
        store = open_store(self.workspace.server.url(self.workspace.prefix), self.workspace.server.options)
        files = {"dags/orders.py": WORKFLOW, "lib/__init__.py": "", "lib/words.py": f'WORD = "{word}"\n'}
        tree = str(deploy(store, files, second=second, request=REQUEST).tree)
        await_true(lambda: self._version() == tree, f"{word} is served", 400)

    def _version(self) -> str | None:
        found = self.call("GET", "/api/v2/dags?dag_id_pattern=orders")["dags"]
        return found[0]["bundle_version"] if found else None

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever JSON holds
        return self.airflow.client().session.call(method, path, body)

    def use(self, cache: str) -> None:
        """Render the template of pods anew, with releases kept by each pod or by the node."""
        settings = self.workspace.root / "airside.toml"
        kept = settings.read_text().replace('\ncache = "node"', "")
        settings.write_text(kept.replace("grace = 300", 'grace = 300\ncache = "node"') if cache == "node" else kept)
        self.workspace.verb("render", "helm", "--env", "production")
        path = self.workspace.root / "deploy" / "helm" / "production" / "pod-template.yaml"
        assert yaml.safe_load(path.read_text())["spec"]["volumes"][0].keys() == {
            "name",
            "hostPath" if cache == "node" else "emptyDir",
        }
        self.node.use_template(path)

    def trigger(self, **conf: object) -> str:
        run = self.call("POST", "/api/v2/dags/orders/dagRuns", {"logical_date": None, "conf": conf})
        return str(run["dag_run_id"])

    def ended(self, run: str, state: str) -> None:
        path = f"/api/v2/dags/orders/dagRuns/{quote(run, safe='')}"
        await_true(lambda: self.call("GET", path)["state"] in {"success", "failed"}, f"{run} ends", 600)
        found = self.call("GET", path)["state"]
        assert found == state, "\n".join(self.node.logs.values())

    def result(self, run: str, task: str) -> str:
        path = f"/api/v2/dags/orders/dagRuns/{quote(run, safe='')}/taskInstances/{task}/xcomEntries/return_value"
        return str(self.call("GET", path)["value"])

    def running(self, task: str) -> str:
        """Wait until the code of a task runs in a pod, and return the pod's name."""

        def found() -> list[str]:
            pods = [pod for pod in self.node.played if f"-{task}-" in pod and pod not in self.node.logs]
            return [pod for pod in pods if "loading with" in self._said(pod)]

        await_true(found, f"{task} runs in a pod", 300)
        return found()[0]

    def _said(self, pod: str) -> str:
        return self.node.podman("logs", self.node.container(pod), check=False)


@pytest.fixture(scope="module")
def cluster(
    podman: Podman, own_address: str, bucket_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    place = tmp_path_factory.mktemp("cluster")
    place.chmod(0o755)
    node = Node(podman, place / "pods")
    node.prepare()
    secret = f"airside-store-{secrets.token_hex(3)}"
    store_port = free_port(28500)
    with pod_player.forwarding(own_address, store_port, (own_address, bucket_server.port)) as cable:
        far = Server(store_port, own_address)
        settings = HELM.format(cache=place / "cache", secret=secret)
        workspace = make_workspace(place / "sales-flows", podman, far, "flows-pods", settings)
        workspace.image()
        overlay = workspace.root / "deploy" / "overlays" / "helm" / "pod-template.yaml"
        overlay.parent.mkdir(parents=True)
        # What a cluster has of its own: the name of the API server's service.
        aliases = [{"ip": own_address, "hostnames": ["airflow-api-server.airflow"]}]
        overlay.write_text(yaml.safe_dump({"spec": {"hostAliases": aliases}}))
        text = CONTROL.format(
            support=SUPPORT,
            place=PLACE,
            folder=node.place,
            url=far.url("flows-pods"),
            endpoint=bucket_server.endpoint,
            key=workspace.credentials["AWS_ACCESS_KEY_ID"],
            secret=workspace.credentials["AWS_SECRET_ACCESS_KEY"],
        )
        airflow = Place(place / "control", text)
        airflow.write("requirements.txt", "apache-airflow-providers-cncf-kubernetes\n")
        airflow.commit()
        forget = pod_player.make_secret(podman, secret, workspace.credentials)
        try:
            airflow.airside("up", "--detach", "--track", "production", "--port", str(free_port(28600)))
            port = airflow.platform().description.port
            with pod_player.forwarding(own_address, API_PORT, ("127.0.0.1", port)), node.playing():
                cluster = Cluster(node, airflow, workspace, cable)
                cluster.use("pod")
                cluster.deploy()
                yield cluster
        finally:
            airflow.airside("down")
            forget()


def test_a_task_runs_to_success_in_its_pod_and_fetches_its_release_itself(cluster: Cluster) -> None:
    run = cluster.trigger()
    cluster.ended(run, "success")
    assert cluster.result(run, "after") == f"{cluster.word} {cluster.word}"


def test_a_task_that_fails_is_reported_and_its_log_says_why(cluster: Cluster) -> None:
    run = cluster.trigger(fail=True)
    cluster.ended(run, "failed")
    # The task reports before its pod has ended.
    await_true(lambda: any("as it was asked for" in log for log in [*cluster.node.logs.values()]), "the pod tells why")


def test_a_task_comes_to_its_end_when_its_pod_is_stopped(cluster: Cluster) -> None:
    run = cluster.trigger(seconds=12)
    pod = cluster.running("load")
    container = cluster.node.container(pod)
    # As a kubelet does: the pod's network stays until its containers have ended. `podman pod stop` ends it at once.
    cluster.node.podman("stop", "--time", "290", container)
    assert "asked to stop" in cluster.node.podman.output("logs", container)
    cluster.ended(run, "success")
    assert cluster.result(run, "load") == cluster.word


def test_a_run_keeps_its_release_while_another_is_deployed(cluster: Cluster) -> None:
    before = cluster.word
    run = cluster.trigger(seconds=20)
    cluster.running("load")
    cluster.deploy()
    cluster.ended(run, "success")
    assert cluster.result(run, "after") == f"{before} {before}"  # its second pod was started after the deploy
    later = cluster.trigger()
    cluster.ended(later, "success")
    assert cluster.result(later, "after") == f"{cluster.word} {cluster.word}"


def test_a_second_pod_of_a_node_needs_no_store(cluster: Cluster) -> None:
    cluster.use("node")
    make_folder(cluster)
    first = cluster.trigger()
    cluster.ended(first, "success")
    cluster.cable.set()
    try:
        second = cluster.trigger()
        cluster.ended(second, "success")
    finally:
        cluster.cable.clear()
    assert cluster.result(second, "after") == cluster.result(first, "after")
    clean(cluster)
    cluster.use("pod")


def make_folder(cluster: Cluster) -> None:
    """Do on this node what `node-cache.yaml` has each node do."""
    path = cluster.workspace.root / "deploy" / "helm" / "production" / "node-cache.yaml"
    found = yaml.safe_load(path.read_text())["spec"]["template"]["spec"]
    folder = found["initContainers"][0]
    parent = found["volumes"][0]["hostPath"]["path"]
    Path(parent).mkdir(exist_ok=True)
    options = ("--user", "0", "--volume", f"{parent}:{parent}")
    cluster.node.podman.once(folder["image"], *folder["command"], options=options)
    (made,) = Path(parent).iterdir()
    assert (made.name, made.stat().st_uid) == ("airflow-airflow", 50000)


def clean(cluster: Cluster) -> None:
    """Do once what the DaemonSet does on and on."""
    path = cluster.workspace.root / "deploy" / "helm" / "production" / "node-cache.yaml"
    found = yaml.safe_load(path.read_text())["spec"]["template"]["spec"]
    container, parent = found["containers"][0], found["volumes"][0]["hostPath"]["path"]
    options = ["--user", "50000:0", "--volume", f"{parent}:{parent}"]
    for each in container["env"]:
        options += ["--env", f"{each['name']}={each['value']}"]
    once = container["command"][-1].replace("sleep 1800 & wait $!", "exit 0")
    assert once != container["command"][-1]
    cluster.node.podman.once(container["image"], "/bin/bash", "-euc", once, options=tuple(options))
