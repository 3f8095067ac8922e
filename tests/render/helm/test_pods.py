"""The pod of a task."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import yaml
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
from helm_files import files, pod, subject, validate, variables


def wrapper(grace: int = 30) -> list[str]:
    found: list[str] = pod(subject({"workers": {"grace": grace}}))["spec"]["containers"][0]["command"]
    return found


def test_a_task_has_neither_airflows_database_nor_its_keys() -> None:
    for secret in ("SQL_ALCHEMY_CONN", "FERNET_KEY", "SECRET_KEY", "JWT_SECRET", "BROKER_URL"):
        assert not [name for name in variables(pod(subject())) if name.endswith(secret)]
    text = files(subject())["pod-template.yaml"]
    for name in ("airside-database", "airside-fernet-key", "airside-jwt-secret", "airside-api-secret-key"):
        assert name not in text


def test_a_task_finds_the_api_server_from_every_namespace() -> None:
    url = variables(pod(subject({"release": "prod", "namespace": "data"})))["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
    assert url == "http://prod-api-server.data:8080/execution/"


def test_executor_makes_the_pod_of_a_task_from_the_template(tmp_path: Path) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(files(subject({"workers": {"cache": "node"}}))["pod-template.yaml"])
    made = PodGenerator.construct_pod(
        dag_id="orders",
        task_id="load",
        pod_id="orders-load-1",
        try_number=1,
        kube_image="registry.example.com/sales/airflow:1.4.0",
        date=None,
        args=["python", "-m", "airflow.sdk.execution_time.execute_workload"],
        pod_override_object=None,
        base_worker_pod=PodGenerator.deserialize_model_file(str(path)),
        namespace="airflow",
        scheduler_job_id="1",
        run_id="manual",
    )
    manifest = PodGenerator.serialize_pod(made)
    assert validate(yaml.safe_dump(manifest)) == ["Pod orders-load-1"]
    base = manifest["spec"]["containers"][0]
    assert base["args"][-1] == "airflow.sdk.execution_time.execute_workload"
    assert base["command"][0] == "/bin/bash"
    assert {each["mountPath"] for each in base["volumeMounts"]} >= {"/opt/airflow/bundles", "/opt/airflow/logs"}


def test_releases_stay_on_the_node_where_that_is_asked_for() -> None:
    made = subject({"namespace": "data", "workers": {"cache": "node", "cache_path": "/mnt/fast/"}})
    cache = pod(made)["spec"]["volumes"][0]
    assert cache == {"name": "bundles", "hostPath": {"path": "/mnt/fast/data-airflow", "type": "Directory"}}
    rendered = files(made)["node-cache.yaml"]
    assert validate(rendered) == ["DaemonSet airflow-airside-cache"]
    assert pod(subject())["spec"]["volumes"][0] == {"name": "bundles", "emptyDir": {}}
    assert "node-cache.yaml" not in files(subject())


def test_a_node_removes_old_releases_by_the_rules_of_airflow() -> None:
    made = files(subject({"workers": {"cache": "node"}}))["node-cache.yaml"]
    clean = yaml.safe_load(made)["spec"]["template"]["spec"]["containers"][0]
    told = {each["name"]: each["value"] for each in clean["env"]}
    assert told["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH"] == "/var/lib/airside/airflow-airflow"
    assert "ReleaseBundle" in told["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"]
    (code,) = re.findall(r"python -c '(.*?)'\n", clean["command"][-1], re.DOTALL)
    compile(code, "clean", "exec")
    assert "remove_stale_bundle_versions()" in code


def test_the_exit_code_of_a_task_is_that_of_its_pod() -> None:
    assert subprocess.run([*wrapper(), "bash", "-c", "exit 7"], check=False).returncode == 7
    assert subprocess.run([*wrapper(), "true"], check=True).returncode == 0


def test_a_task_comes_to_its_end_when_its_pod_is_stopped(tmp_path: Path) -> None:
    task = f"touch {tmp_path}/begun; sleep 2; touch {tmp_path}/ended; exit 5"
    with subprocess.Popen([*wrapper(), "bash", "-c", task], stderr=subprocess.PIPE) as process:
        while not (tmp_path / "begun").exists():
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 5
    assert (tmp_path / "ended").exists()


def test_a_task_that_does_not_end_is_told_to_before_the_pod_is_killed(tmp_path: Path) -> None:
    task = f"trap 'touch {tmp_path}/told; exit 3' TERM; touch {tmp_path}/begun; sleep 60 & wait"
    words = [word.replace("sleep 10;", "sleep 0.5;") for word in wrapper(30)]
    assert words != wrapper(30)
    with subprocess.Popen([*words, "bash", "-c", task], stderr=subprocess.PIPE, start_new_session=True) as process:
        while not (tmp_path / "begun").exists():
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 3
        os.killpg(process.pid, signal.SIGKILL)  # the `sleep` of the task
    assert (tmp_path / "told").exists()
