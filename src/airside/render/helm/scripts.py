"""The scripts beside the values: secrets, the first user, the installation itself."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from airside.render.helm.names import Names
from airside.render.helm.pods import POD_TEMPLATE
from airside.render.helm.source import DagSource
from airside.render.operate import Verb, operate
from airside.render.programs import required
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill
from airside.render.watching import USER, is_watched
from airside.workspace.targets.helm import CELERY, KUBERNETES

SECRETS: Final = "secrets.sh"
ADMIN: Final = "create-admin.sh"
DEPLOY: Final = "deploy.sh"

Wanted = tuple[str, ...]
"""A namespace, a secret, a key in it, the kind of its value, and the environment variable that has it or its file."""

_STORE_KEYS: Final = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "gs": ("GOOGLE_SERVICE_ACCOUNT_KEY",),
    "az": ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"),
}


def scripts(
    subject: Subject, source: DagSource, before: Sequence[str], after: Sequence[str]
) -> tuple[RenderedFile, ...]:
    """Return the scripts.

    Args:
        subject: What is rendered.
        source: Where DAG files come from.
        before: The manifests to apply before the chart.
        after: Those to apply after it.
    """
    helm = subject.settings.helm
    names = Names(helm.release, helm.namespace)
    wanted = tuple(_wanted(subject, source))
    values: dict[str, dict[str, Any]] = {
        SECRETS: {
            "needs": required("kubectl"),
            "wanted": wanted,
            "namespaces": _namespaces(subject),
            "usage": _usage(wanted),
        },
        ADMIN: {"needs": required("kubectl"), "watcher": USER if is_watched(subject) else ""},
        DEPLOY: {
            "needs": required("helm", "kubectl"),
            "before": before,
            "after": after,
            "pod_template": POD_TEMPLATE if KUBERNETES in helm.executors else None,
        },
    }
    made = tuple(
        RenderedFile(
            path,
            fill("helm", f"{path}.j2", header=subject.header(path), helm=helm, names=names, **own),
            executable=True,
        )
        for path, own in values.items()
    )
    return (*made, operate(subject, _verbs(names, after)))


def _verbs(names: Names, after: Sequence[str]) -> dict[Verb, str]:
    kubectl = f"kubectl --namespace {names.namespace}"
    parts = f"deployments,statefulsets --selector release={names.release}"
    watcher = [f"deployment/{names.watcher}"] if after else []
    scale = "\n".join(f"{kubectl} scale {each} --replicas=%s" for each in (parts, *watcher))
    restart = "\n".join(f"{kubectl} rollout restart {each}" for each in (parts, *watcher))
    return {
        Verb.START: "./deploy.sh",
        Verb.STOP: scale.replace("%s", "0"),
        Verb.RESTART: restart,
        Verb.STATUS: f"{kubectl} get deployments,statefulsets,pods",
        Verb.LOGS: (
            f'part="${{1:-scheduler}}"\n[ "$#" -eq 0 ] || shift\n'
            f'{kubectl} logs --selector "release={names.release},component=$part" --all-containers --prefix "$@"'
        ),
        Verb.BASH: (
            f'part="${{1:-scheduler}}"\n'
            f'selector="release={names.release},component=$part"\n'
            f'pod=$({kubectl} get pods --selector "$selector" --output name | head -n 1)\n'
            f'{kubectl} exec --stdin --tty "$pod" --container "$part" -- bash'
        ),
        Verb.DEPLOY: './deploy.sh "$@"',
    }


def _namespaces(subject: Subject) -> list[str]:
    helm = subject.settings.helm
    return list(dict.fromkeys([helm.namespace, *map(helm.team_namespace, helm.teams)]))


def _wanted(subject: Subject, source: DagSource) -> Iterator[Wanted]:
    helm = subject.settings.helm
    here, secrets = helm.namespace, helm.secrets
    yield here, secrets.database, "connection", "database", "AIRFLOW_DATABASE_URL"
    yield here, secrets.fernet, "fernet-key", "fernet"
    yield here, secrets.api, "api-secret-key", "generated"
    yield here, secrets.jwt, "jwt-secret", "generated"
    if CELERY in helm.executors:
        yield here, secrets.broker, "connection", "variable", "AIRFLOW_BROKER_URL"
        yield here, secrets.results, "connection", "results", "AIRFLOW_DATABASE_URL"
    if is_watched(subject):
        yield here, secrets.alerts, "password", "generated"
    if secrets.git and source is DagSource.GIT_SYNC:
        yield from _git_keys(here, secrets.git, ssh=helm.git.ssh)
    for namespace in _namespaces(subject):
        yield from _keys_of_tasks(subject, namespace)


def _keys_of_tasks(subject: Subject, namespace: str) -> Iterator[Wanted]:
    """A pod sees the secrets of its own namespace only, so each team's has these."""
    secrets = subject.settings.helm.secrets
    if secrets.store:
        for key in _STORE_KEYS.get(subject.settings.store.url.split(":")[0], ()):
            yield namespace, secrets.store, key, "variable", key
    if secrets.age:
        yield namespace, secrets.age, "keys.txt", "file", "SOPS_AGE_KEY_FILE"


def _git_keys(namespace: str, secret: str, *, ssh: bool) -> Iterator[Wanted]:
    if ssh:
        yield namespace, secret, "gitSshKey", "file", "GIT_SSH_KEY_FILE"
        return
    for key in ("USERNAME", "PASSWORD"):
        # Charts up to 1.22 ask for the names of git-sync 3 as well.
        for prefix in ("GITSYNC_", "GIT_SYNC_"):
            yield namespace, secret, f"{prefix}{key}", "variable", f"GITSYNC_{key}"


def _usage(wanted: Sequence[Wanted]) -> list[str]:
    sources = dict.fromkeys(each[4] for each in wanted if len(each) > 4)  # noqa: PLR2004 - those with a variable
    return [f"{' '.join(f'{name}=…' for name in sources)} ./{SECRETS}"]
