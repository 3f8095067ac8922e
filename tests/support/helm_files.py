"""What `airside render helm` makes of settings, and what checks it: schema, chart, Kubernetes."""

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import yaml

from airside.base.digest import Digest
from airside.render.helm import DagSource, render
from airside.render.subject import AirsideSource, Subject
from airside.workspace.settings import Settings

CHART = "AIRSIDE_TEST_AIRFLOW_CHART"
"""The environment variable with the folder of an official chart, unpacked: it is then rendered as Helm does."""

KUBERNETES = "1.33"
_SCHEMA = Path(__file__).parents[1] / "render" / "data" / "airflow-chart-1.18.0.values.schema.json.gz"


def subject(
    helm: Mapping[str, Any] | None = None,
    environments: tuple[str, ...] = ("production",),
    trust: str | None = "[keys]\n",
    lock: bytes | None = b"lock",
    **tables: Any,
) -> Subject:
    """Return a workspace with `[helm]`, and with whatever other tables."""
    settings = {
        "workspace": {"name": "sales"},
        "store": {"url": "s3://releases/sales", "options": {"region": "eu-west-1"}},
        "image": {"name": "registry.example.com/sales/airflow"},
        "environments": {"production": {}, "preprod": {}},
        "helm": dict(helm or {}),
        **tables,
    }
    return Subject(
        settings=Settings.model_validate(settings),
        environments=environments,
        lock=None if lock is None else Digest.of(lock),
        trust=trust,
        airside=AirsideSource("airside==1.0.0"),
        target="helm",
        command="airside render helm",
    )


def files(made: Subject, source: DagSource = DagSource.RELEASE) -> dict[str, str]:
    """Return the text of each rendered file."""
    return {file.path: file.text for file in render(made, source)}


def values(made: Subject, source: DagSource = DagSource.RELEASE) -> dict[str, Any]:
    """Return the values that the chart is given by `deploy.sh`."""
    rendered = files(made, source)
    loaded: dict[str, Any] = yaml.safe_load(rendered["values.yaml"])
    if "pod-template.yaml" in rendered:
        loaded["podTemplate"] = rendered["pod-template.yaml"]
    return loaded


def option(made: Subject, section: str, name: str, source: DagSource = DagSource.RELEASE) -> str:
    """Return an option of Airflow, as it is in the values."""
    return str(values(made, source)["config"][section][name])


def pod(made: Subject, source: DagSource = DagSource.RELEASE) -> Any:  # noqa: ANN401 - YAML
    """Return the template of the pods of tasks."""
    return yaml.safe_load(files(made, source)["pod-template.yaml"])


def variables(found: Any) -> dict[str, str]:  # noqa: ANN401 - YAML
    """Return the environment variables of the first container of a pod."""
    return {each["name"]: each["value"] for each in found["spec"]["containers"][0]["env"]}


@cache
def schema() -> dict[str, Any]:
    """Return the schema of the values of the chart 1.18.0."""
    found: dict[str, Any] = json.loads(gzip.decompress(_SCHEMA.read_bytes()))
    return found


def chart() -> Path | None:
    """Return the folder of a chart, where this machine has one."""
    found = os.environ.get(CHART)  # noqa: TID251 - a test is told where the chart is
    return Path(found) if found else None


def validate(text: str) -> list[str]:
    """Hold the manifests in `text` against Kubernetes; return what each is.

    Raises:
        kubernetes_validate.ValidationError: One of them is not what its schema says, or says more.
    """
    kinds = []
    for document in filter(None, yaml.safe_load_all(text)):
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
        kinds.append(f"{document['kind']} {document['metadata']['name']}")
    return kinds


def every() -> Iterator[tuple[str, Subject, DagSource]]:
    """Yield the kinds of installations that there are, each with a name."""
    https = {"repository": "https://git.example.com/sales.git"}
    ssh = {"repository": "git@git.example.com:sales.git", "known_hosts": "git.example.com ssh-ed25519 AAAA"}
    full = {
        "host": "airflow.example.com",
        "tls_secret": "tls",
        "ingress_class": "nginx",
        "ingress_annotations": {"a/b": "c"},
        "service_account_annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/airflow"},
        "workers": {"cache": "node", "node_selector": {"pool": "tasks"}, "resources": {"cpu_limit": "2"}},
        "secrets": {"registry": "registry"},
    }
    teams = {"teams": {"sales": {"environments": ["production"]}, "ops_team": {"namespace": "ops"}}}
    yield "kubernetes", subject(), DagSource.RELEASE
    yield "celery", subject({"executor": "CeleryExecutor"}), DagSource.RELEASE
    yield "both", subject({"executor": "CeleryExecutor,KubernetesExecutor"}), DagSource.RELEASE
    yield "full", subject(full, ("production", "preprod")), DagSource.RELEASE
    yield "bare", subject({"statsd": False, "secrets": {"store": "", "age": ""}}, trust=None), DagSource.RELEASE
    yield "teams", subject(teams, ("production", "preprod")), DagSource.RELEASE
    yield "alerts", subject(alerts=[{"channels": ["chat"]}]), DagSource.RELEASE
    yield "git-sync", subject({"git": https, "secrets": {"git": "git"}}, ()), DagSource.GIT_SYNC
    yield "git-sync-ssh", subject({"git": ssh, "secrets": {"git": "git"}}, ()), DagSource.GIT_SYNC
    yield "git-bundle", subject({"git": https}, ()), DagSource.GIT_BUNDLE
