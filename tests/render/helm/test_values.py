"""The values of the chart, and what becomes of them."""

import json
from typing import Any

import helm_files
import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from helm_files import files, option, pod, subject, validate, values, variables

from airside.base.errors import WorkspaceError
from airside.render.helm import DagSource, render
from airside.render.helm.options import for_helm
from airside.render.image.naming import image_tag
from airside.render.subject import Subject

EVERY = [pytest.param(made, source, id=name) for name, made, source in helm_files.every()]


@pytest.mark.parametrize(("made", "source"), EVERY)
def test_values_are_what_the_chart_knows(made: Subject, source: DagSource) -> None:
    found = values(made, source)
    jsonschema.Draft7Validator(helm_files.schema()).validate(found)
    # The schema lets pass what is unknown on top.
    assert set(found) <= {*helm_files.schema()["properties"], "podTemplate"}


@pytest.mark.parametrize(("made", "source"), EVERY)
def test_own_manifests_are_valid_to_the_letter(made: Subject, source: DagSource) -> None:
    rendered = files(made, source)
    manifests = [name for name in rendered if name.endswith(".yaml") and name != "values.yaml"]
    assert all(validate(rendered[name]) for name in manifests)


@pytest.mark.parametrize(("made", "source"), EVERY)
def test_the_chart_makes_valid_manifests_the_same_each_time(made: Subject, source: DagSource) -> None:
    if (folder := helm_files.chart()) is None:
        pytest.skip(f"{helm_files.CHART} names no chart")
    helm = pytest.importorskip("helm_python")
    with helm.Chart.load(str(folder)) as chart:
        assert not set(values(made, source)) - set(chart.values) - {"podTemplate"}
        first, second = (
            chart.render(values(made, source), name="airflow", namespace="airflow", is_install=install)
            for install in (True, False)
        )
    assert first == second  # nothing is made at random
    text = "\n---\n".join(text for path, text in first.items() if path.endswith(".yaml"))
    kinds = validate(text)
    assert "Deployment airflow-dag-processor" in kinds
    assert not [kind for kind in kinds if kind.startswith("Secret ")]
    assert not [kind for kind in kinds if "create-user" in kind]
    assert "helm.sh/hook" not in text
    documents = [each for each in yaml.safe_load_all(text) if each]
    config = next(each["data"] for each in documents if each["metadata"]["name"] == "airflow-config")
    if "pod_template_file.yaml" in config and source is not DagSource.GIT_SYNC:
        assert yaml.safe_load(config["pod_template_file.yaml"]) == pod(made, source)


def test_the_same_settings_give_the_same_bytes() -> None:
    assert render(subject()) == render(subject())


def test_the_image_is_given_as_the_pair_that_worker_pods_get_too() -> None:
    found = values(subject())
    pair = (found["defaultAirflowRepository"], found["defaultAirflowTag"])
    assert pair == ("registry.example.com/sales/airflow", image_tag(subject().lock))
    assert pod(subject())["spec"]["containers"][0]["image"] == ":".join(pair)


def test_keys_are_named_and_never_left_to_the_chart_to_make_up() -> None:
    found = values(subject({"executor": "CeleryExecutor"}))
    names = [found[key] for key in ("fernetKeySecretName", "apiSecretKeySecretName", "jwtSecretName")]
    assert all([*names, *found["data"].values()])
    assert len({*names, *found["data"].values()}) == 6


def test_no_job_is_a_hook_that_argo_cd_would_wait_for_and_no_user_is_in_the_values() -> None:
    found = values(subject())
    for job in ("migrateDatabaseJob", "createUserJob"):
        assert (found[job]["useHelmHooks"], found[job]["applyCustomEnv"]) == (False, False)
    assert found["webserver"]["defaultUser"] == {"enabled": False}
    newer = values(subject({"chart": "1.22.0"}))
    assert newer["createUserJob"]["enabled"] is False
    assert "webserver" not in newer
    assert "password" not in json.dumps([found, newer]).lower()


def test_braces_and_percents_of_an_option_arrive_in_airflow_as_they_are_written() -> None:
    own = {"config": {"logging": {"log_filename_template": "{{ ti.dag_id }}/%Y.log"}}, "env": {"GREETING": "{{ x }}"}}
    made = subject(airflow=own)
    written = option(made, "logging", "log_filename_template")
    assert written == "{{ `{{` }} ti.dag_id }}/%%Y.log"
    assert variables(pod(made))["AIRFLOW__LOGGING__LOG_FILENAME_TEMPLATE"] == "{{ `{{` }} ti.dag_id }}/%Y.log"
    assert for_helm("{a}") == "{a}"


def test_what_counts_for_the_local_airflow_alone_takes_no_section_of_the_chart_away() -> None:
    local = {"config": {"celery": {"broker_url": "redis://localhost:6379/0"}}}
    assert "celery" not in values(subject(airflow=local))["config"]


def test_a_cluster_tracks_every_environment_that_is_named() -> None:
    bundles = json.loads(
        option(subject(environments=("production", "preprod")), "dag_processor", "dag_bundle_config_list")
    )
    assert [each["kwargs"]["environment"] for each in bundles] == ["production", "preprod"]
    assert {each["kwargs"]["trust"] for each in bundles} == {"/opt/airflow/airside/trust/trust.toml"}


def test_trust_is_in_every_component() -> None:
    found = values(subject(trust='[[keys]]\nname = "a {{ b }}"\n'))
    text = yaml.safe_load(found["extraConfigMaps"]["airflow-airside-trust"]["data"])["trust.toml"]
    assert text == '[[keys]]\nname = "a {{ `{{` }} b }}"\n'
    assert {"name": "trust", "configMap": {"name": "airflow-airside-trust"}} in found["volumes"]


def test_an_ingress_has_its_host_and_certificate_and_airflow_knows_its_address() -> None:
    made = subject({"host": "airflow.example.com", "tls_secret": "tls", "ingress_class": "nginx"})
    ingress = values(made)["ingress"]["apiServer"]
    assert ingress["hosts"] == [{"name": "airflow.example.com", "tls": {"enabled": True, "secretName": "tls"}}]
    assert option(made, "api", "base_url") == "https://airflow.example.com"
    assert values(subject())["ingress"]["apiServer"] == {"enabled": False}


def test_logs_of_workers_stay_when_there_is_a_bucket_for_them() -> None:
    remote = subject(logs={"url": "s3://logs/airflow"})
    assert values(remote)["config"]["logging"]["remote_logging"] == "True"
    assert variables(pod(remote))["AIRFLOW__LOGGING__REMOTE_LOGGING"] == "True"
    assert values(remote)["triggerer"]["persistence"] == {"enabled": False}


def test_a_team_has_its_namespace_its_bundles_and_its_executor() -> None:
    teams = {"teams": {"sales": {"environments": ["production"]}, "ops_team": {"namespace": "ops"}}}
    made = subject(teams, ("production", "preprod"))
    bundles = json.loads(option(made, "dag_processor", "dag_bundle_config_list"))
    assert [each.get("team_name") for each in bundles] == ["sales", None]
    assert option(made, "core", "multi_team") == "True"
    executors = "KubernetesExecutor;sales=KubernetesExecutor;ops_team=KubernetesExecutor"
    assert values(made)["env"] == [{"name": "AIRFLOW__CORE__EXECUTOR", "value": executors}]
    assert variables(pod(made))["AIRFLOW__CORE__EXECUTOR"] == executors
    assert option(made, "sales=kubernetes_executor", "namespace") == "airflow-sales"
    assert option(made, "ops_team=kubernetes_executor", "namespace") == "ops"
    assert values(made)["migrateDatabaseJob"]["args"][-1].endswith("airflow teams sync")
    kinds = validate(files(made)["teams.yaml"])
    assert {"Namespace airflow-sales", "Namespace ops", "ServiceAccount airflow-worker"} <= set(kinds)
    assert not [name for name in variables(pod(made)) if "=" in name]


def test_git_sync_has_a_container_in_the_pod_of_a_task_with_secrets_by_name() -> None:
    git = {"repository": "https://git.example.com/sales.git", "ref": "main", "folder": "flows/dags"}
    made = subject({"git": git, "secrets": {"git": "git-account"}}, ())
    sync = pod(made, DagSource.GIT_SYNC)["spec"]["initContainers"][0]
    told = {each["name"]: each.get("value") or each["valueFrom"]["secretKeyRef"]["name"] for each in sync["env"]}
    assert (told["GITSYNC_REPO"], told["GITSYNC_PASSWORD"]) == (git["repository"], "git-account")
    assert option(made, "core", "dags_folder", DagSource.GIT_SYNC) == "/opt/airflow/dags/repo/flows/dags"
    assert "dag_bundle_config_list" not in values(made, DagSource.GIT_SYNC)["config"].get("dag_processor", {})


def test_git_bundle_takes_url_and_credentials_from_a_connection() -> None:
    made = subject({"git": {"connection": "git_sales", "ref": "v1"}}, ())
    bundles = json.loads(option(made, "dag_processor", "dag_bundle_config_list", DagSource.GIT_BUNDLE))
    assert bundles[0]["kwargs"]["git_conn_id"] == "git_sales"
    assert bundles[0]["kwargs"]["tracking_ref"] == "v1"


@pytest.mark.parametrize(
    ("helm", "more", "source", "said"),
    [
        ({}, {"environments": ()}, DagSource.RELEASE, "which environment"),
        ({}, {"image": {}}, DagSource.RELEASE, "image.name"),
        ({}, {"lock": None}, DagSource.RELEASE, "requirements.lock"),
        ({}, {"store": {"url": ".store"}}, DagSource.RELEASE, "store.url"),
        ({}, {"environments": ()}, DagSource.GIT_SYNC, "helm.git.repository"),
        ({"git": {"repository": "git@h:a.git"}}, {"environments": ()}, DagSource.GIT_SYNC, "helm.secrets.git"),
        ({"git": {"repository": "git@h:a.git"}}, {"environments": ()}, DagSource.GIT_BUNDLE, "helm.git.connection"),
        ({"teams": {"sales": {"environments": ["prodution"]}}}, {}, DagSource.RELEASE, "helm.teams.sales"),
        (
            {"executor": "CeleryExecutor", "workers": {"cache": "node"}},
            {},
            DagSource.RELEASE,
            "helm.workers.cache",
        ),
        ({"secrets": {"broker": "x", "database": "x"}, "executor": "CeleryExecutor"}, {}, DagSource.RELEASE, "already"),
        ({}, {"airflow": {"config": {"core": {"executor": "LocalExecutor"}}}}, DagSource.RELEASE, "core.executor"),
        ({}, {"airflow": {"config": {"core": {"fernet_key": "abc"}}}}, DagSource.RELEASE, "fernet_key"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_written(
    helm: dict[str, Any], more: dict[str, Any], source: DagSource, said: str
) -> None:
    with pytest.raises(WorkspaceError, match=said):
        render(subject(helm, **more), source)
