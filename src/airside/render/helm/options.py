"""What Airflow is told on Kubernetes."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from airside.base.names import bundle_name
from airside.render.airflow_options import Options, Places, airflow_options, with_own_options
from airside.render.helm.names import BUNDLES, DAGS, KEY_FILE, TRUST, Names
from airside.render.helm.source import DagSource
from airside.render.subject import Subject
from airside.workspace.targets.helm import KUBERNETES, HelmSettings

_FAB: Final = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
_GIT_BUNDLE: Final = "airflow.providers.git.bundles.git.GitDagBundle"
_BUNDLES: Final = "dag_bundle_config_list"


def helm_options(subject: Subject, source: DagSource) -> Options:
    """Return the options of all components and of the pods of tasks.

    Args:
        subject: What is rendered.
        source: Where DAG files come from.
    """
    helm = subject.settings.helm
    places = Places(BUNDLES, key_file=KEY_FILE if helm.secrets.age else None, trust=TRUST)
    options = _served(subject, places, source)
    bundles = options.setdefault("dag_processor", {}).pop(_BUNDLES, None)
    if source is DagSource.GIT_BUNDLE:
        bundles = json.dumps([_git_bundle(subject)])
    if source is not DagSource.GIT_SYNC and bundles is not None:
        options["dag_processor"][_BUNDLES] = _with_teams(bundles, helm)
    if source is DagSource.GIT_SYNC:
        options.setdefault("core", {})["dags_folder"] = f"{DAGS}/repo/{helm.git.folder}"
    for section, values in _own(helm).items():
        options.setdefault(section, {}).update(values)
    return with_own_options(subject, {section: values for section, values in options.items() if values})


def _served(subject: Subject, places: Places, source: DagSource) -> Options:
    if subject.environments:
        return airflow_options(subject, places, subject.settings.helm.executor)
    assert source is not DagSource.RELEASE, "refused before"  # noqa: S101 - what `refuse_faults` promises
    return {"core": {"executor": subject.settings.helm.executor, "load_examples": "False"}}


def _own(helm: HelmSettings) -> Options:
    names = Names(helm.release, helm.namespace)
    path = urlsplit(helm.base_url).path.rstrip("/")
    options: Options = {
        "core": {"auth_manager": _FAB, "execution_api_server_url": names.api_url(f"{path}/execution/")},
        "fab": {"enable_proxy_fix": "True"},
        "metrics": _metrics(helm, names),
    }
    if helm.base_url:
        options["api"] = {"base_url": helm.base_url}
    if helm.teams:
        options["core"] |= {"multi_team": "True", "executor": _team_executors(helm)}
        for team in helm.teams:
            # A section of its own, as `team_section_name` of airflow/_shared/configuration/parser.py 3.3.2 calls it.
            options[f"{team}=kubernetes_executor"] = {"namespace": helm.team_namespace(team)}
    return options


def _metrics(helm: HelmSettings, names: Names) -> dict[str, str]:
    if not helm.statsd:
        return {}
    host = f"{names.release}-statsd.{names.namespace}"
    return {"statsd_on": "True", "statsd_host": host, "statsd_port": "9125", "statsd_prefix": "airflow"}


def _team_executors(helm: HelmSettings) -> str:
    return ";".join([helm.executor, *(f"{team}={KUBERNETES}" for team in helm.teams)])


def _with_teams(bundles: str, helm: HelmSettings) -> str:
    owners = {bundle_name(name): team for team, its in helm.teams.items() for name in its.environments}
    configured: list[dict[str, Any]] = json.loads(bundles)
    return json.dumps(
        [{**each, "team_name": owners[each["name"]]} if each["name"] in owners else each for each in configured]
    )


def _git_bundle(subject: Subject) -> Mapping[str, Any]:
    git = subject.settings.helm.git
    kwargs: dict[str, Any] = {"tracking_ref": git.ref, "subdir": git.folder, "refresh_interval": git.period}
    # The connection has the URL too: its `host`. Only then is it sure whose credentials are used.
    kwargs |= {"git_conn_id": git.connection} if git.connection else {"repo_url": git.repository}
    return {"name": subject.settings.workspace.name, "classpath": _GIT_BUNDLE, "kwargs": kwargs}


def for_airflow_cfg(options: Mapping[str, Mapping[str, str]]) -> Options:
    """Return options as the chart's `config` has them: Airflow interpolates `%`, and Helm fills in templates."""
    return {
        section: {option: for_helm(value.replace("%", "%%")) for option, value in values.items()}
        for section, values in options.items()
    }


def for_helm(text: str) -> str:
    """Return what Helm's `tpl` makes `text` of."""
    return text.replace("{{", "{{ `{{` }}")
