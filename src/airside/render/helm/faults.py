"""What cannot be rendered for Kubernetes."""

from collections.abc import Iterator

from airside.base.suggestions import suggestion
from airside.render.helm.source import DagSource
from airside.render.refusing import common_faults, missing_environment, missing_lock, refuse
from airside.render.subject import Subject
from airside.workspace.targets.helm import CELERY, KUBERNETES


def refuse_faults(subject: Subject, source: DagSource) -> None:
    """Refuse settings of which no working installation comes.

    Raises:
        WorkspaceError: No environment is named, or the settings have faults; all of them are told.
    """
    if source is DagSource.RELEASE:
        missing_environment(subject)
    missing_lock(subject)
    refuse([*common_faults(subject), *_faults(subject, source)])


def _faults(subject: Subject, source: DagSource) -> Iterator[str]:
    helm = subject.settings.helm
    if subject.settings.image.name is None:
        yield "image.name: a cluster pulls the image from a registry, so it needs a name there"
    if source is DagSource.RELEASE:
        yield from _team_faults(subject)
    else:
        yield from _git_faults(subject, source)
    if helm.workers.cache == "node" and KUBERNETES not in helm.executors:
        yield f'helm.workers.cache: "node" is for the pods of {KUBERNETES}; workers of Celery live long'
    for option in ("executor", "execution_api_server_url"):
        if option in subject.settings.airflow.config.get("core", {}):
            yield f"airflow.config.core.{option}: on Kubernetes it follows from [helm]"
    yield from _secret_faults(subject)


def _team_faults(subject: Subject) -> Iterator[str]:
    tracked = subject.environments
    for team, settings in subject.settings.helm.teams.items():
        for name in settings.environments:
            if name not in tracked:
                yield (
                    f"helm.teams.{team}: the environment {name!r} is not tracked "
                    f"(tracked: {', '.join(tracked)}{suggestion(name, tracked)})"
                )


def _secret_faults(subject: Subject) -> Iterator[str]:
    """Two secrets of one name would be one: `secrets.sh` gives each key once."""
    helm = subject.settings.helm
    needed = {"database", "fernet", "api", "jwt", *(("broker", "results") if CELERY in helm.executors else ())}
    seen: dict[tuple[str, str], str] = {}
    for field in ("database", "fernet", "api", "jwt", "broker", "results"):
        name = getattr(helm.secrets, field)
        key = "connection" if field in {"database", "broker", "results"} else field
        other = seen.setdefault((name, key), field)
        if field in needed and other != field:
            yield f"helm.secrets.{field}: {name!r} has the {other} already, in the same key"


def _git_faults(subject: Subject, source: DagSource) -> Iterator[str]:
    git, secret = subject.settings.helm.git, subject.settings.helm.secrets.git
    if not git.repository and not (source is DagSource.GIT_BUNDLE and git.connection):
        yield f"helm.git.repository: --dag-source {source} needs to know the repository"
    if source is DagSource.GIT_SYNC and git.ssh and not secret:
        yield "helm.secrets.git: a repository that is read through SSH needs the secret with the key"
    if source is DagSource.GIT_SYNC and git.ssh and not git.known_hosts:
        yield "helm.git.known_hosts: without it nobody knows whether the repository's host is the right one"
    if source is DagSource.GIT_BUNDLE and git.ssh and not git.connection:
        yield "helm.git.connection: a repository that is read through SSH needs a connection of Airflow with the key"
