"""What the pods of the platform have: variables, volumes, and where those are mounted."""

from collections.abc import Mapping
from typing import Any, Final

from airside.render.airflow_options import Options, as_variables
from airside.render.helm.names import BUNDLES, DAGS, HOME, KEY_FOLDER, LOGS, TRUST_FOLDER, Names
from airside.render.helm.options import for_helm
from airside.render.helm.source import DagSource
from airside.render.refusing import own_variables
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill
from airside.workspace.targets.helm import GitOfHelm, HelmSettings

POD_TEMPLATE: Final = "pod-template.yaml"
_LAST_SECONDS: Final = 20
"""Of the grace: for `on_kill` of a task that did not end, and for its log to reach the bucket."""


def cache_folder(helm: HelmSettings) -> str:
    """Return the folder of a node that has the releases of this installation."""
    return f"{helm.workers.cache_path.rstrip('/')}/{helm.namespace}-{helm.release}"


def volumes(subject: Subject, *, node_cache: bool) -> list[dict[str, Any]]:
    """Return the volumes that components and tasks have.

    Args:
        subject: What is rendered.
        node_cache: Releases are kept on the node.
    """
    helm = subject.settings.helm
    # `Directory`: a pod on a node that has no folder yet waits for it, as node-cache.yaml makes it.
    cache = {"hostPath": {"path": cache_folder(helm), "type": "Directory"}} if node_cache else {"emptyDir": {}}
    found: list[dict[str, Any]] = [{"name": "bundles", **cache}]
    if subject.trust is not None:
        found.append({"name": "trust", "configMap": {"name": Names(helm.release, helm.namespace).trust}})
    if helm.secrets.age:
        found.append({"name": "age", "secret": {"secretName": helm.secrets.age, "defaultMode": 0o440}})
    return found


def mounts(subject: Subject) -> list[dict[str, Any]]:
    """Return where the volumes are mounted."""
    places: list[dict[str, Any]] = [{"name": "bundles", "mountPath": BUNDLES}]
    if subject.trust is not None:
        places.append({"name": "trust", "mountPath": TRUST_FOLDER, "readOnly": True})
    if subject.settings.helm.secrets.age:
        places.append({"name": "age", "mountPath": KEY_FOLDER, "readOnly": True})
    return places


def variables_from(helm: HelmSettings) -> list[str]:
    """Return the secrets whose keys are environment variables."""
    return [helm.secrets.store] if helm.secrets.store else []


def pod_template(subject: Subject, source: DagSource, options: Options, image: str) -> RenderedFile:
    """Return the template of the pods of KubernetesExecutor.

    Args:
        subject: What is rendered.
        source: Where DAG files come from.
        options: Those of Airflow.
        image: Name and tag.
    """
    helm = subject.settings.helm
    sync = source is DagSource.GIT_SYNC
    text = fill(
        "helm",
        "pod-template.yaml.j2",
        header=subject.header(POD_TEMPLATE),
        helm=helm,
        image=image,
        account=helm.workers.service_account or Names(helm.release, helm.namespace).worker,
        patience=helm.workers.grace - _LAST_SECONDS,
        env={name: for_helm(value) for name, value in _variables(subject, options).items()},
        env_from=variables_from(helm),
        git_sync=_git_sync_variables(helm.git, helm.secrets.git) if sync else None,
        ssh=sync and helm.git.ssh,
        volumes=[*volumes(subject, node_cache=helm.workers.cache == "node"), *_task_volumes(helm, sync=sync)],
        mounts=[*mounts(subject), *_task_mounts(sync=sync)],
    )
    return RenderedFile(POD_TEMPLATE, text)


def _variables(subject: Subject, options: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the variables of a task; no option of another team, and none that only the scheduler needs."""
    told = {section: values for section, values in options.items() if "=" not in section}
    return {"AIRFLOW_HOME": HOME, **as_variables(told), **own_variables(subject.settings)}


def _task_volumes(helm: HelmSettings, *, sync: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"name": "logs", "emptyDir": {}}]
    if sync:
        found.append({"name": "dags", "emptyDir": {}})
    if sync and helm.git.ssh:
        found.append({"name": "git-ssh", "projected": {"defaultMode": 0o440, "sources": _ssh_sources(helm)}})
    return found


def _ssh_sources(helm: HelmSettings) -> list[dict[str, Any]]:
    # The chart keeps `knownHosts` in the ConfigMap with airflow.cfg.
    return [
        {"secret": {"name": helm.secrets.git, "items": [{"key": "gitSshKey", "path": "ssh"}]}},
        {"configMap": {"name": f"{helm.release}-config", "items": [{"key": "known_hosts", "path": "known_hosts"}]}},
    ]


def _task_mounts(*, sync: bool) -> list[dict[str, Any]]:
    places: list[dict[str, Any]] = [{"name": "logs", "mountPath": LOGS}]
    if sync:
        places.append({"name": "dags", "mountPath": DAGS, "readOnly": True})
    return places


def _git_sync_variables(git: GitOfHelm, secret: str) -> list[dict[str, Any]]:
    """Return the variables of git-sync 4, for one copy of the repository."""
    plain = {
        "GITSYNC_REPO": git.repository,
        "GITSYNC_REF": git.ref,
        "GITSYNC_ROOT": "/git",
        "GITSYNC_LINK": "repo",
        "GITSYNC_DEPTH": "1",
        "GITSYNC_ONE_TIME": "true",
        "GITSYNC_ADD_USER": "true",
    }
    if git.ssh:
        plain |= {
            "GITSYNC_SSH_KEY_FILE": "/etc/git-secret/ssh",
            "GITSYNC_SSH_KNOWN_HOSTS": "true",
            "GITSYNC_SSH_KNOWN_HOSTS_FILE": "/etc/git-secret/known_hosts",
        }
    found: list[dict[str, Any]] = [{"name": name, "value": value} for name, value in plain.items()]
    if secret and not git.ssh:
        found += [
            {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": name}}}
            for name in ("GITSYNC_USERNAME", "GITSYNC_PASSWORD")
        ]
    return found
