"""What the chart does not make and has to be there before: folders on nodes, the namespaces of teams."""

from pathlib import PurePosixPath
from typing import Final

from airside.render.airflow_options import Options, as_variables
from airside.render.helm.names import Names
from airside.render.helm.pods import cache_folder
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill

NODE_CACHE: Final = "node-cache.yaml"
TEAMS: Final = "teams.yaml"
_BUNDLES: Final = "dag_processor"
_PAUSE: Final = 1800
"""Seconds between two looks at old releases, as workers of Airflow have it."""
_SMALL: Final = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}}


def manifests(subject: Subject, options: Options, image: str) -> tuple[RenderedFile, ...]:
    """Return the manifests to apply before the chart.

    Args:
        subject: What is rendered.
        options: Those of Airflow.
        image: Name and tag of the platform's.
    """
    helm = subject.settings.helm
    wanted = {NODE_CACHE: helm.workers.cache == "node", TEAMS: bool(helm.teams)}
    return tuple(_manifest(subject, options, path, image) for path, there in wanted.items() if there)


def _manifest(subject: Subject, options: Options, path: str, image: str) -> RenderedFile:
    helm = subject.settings.helm
    folder = cache_folder(helm)
    names = Names(helm.release, helm.namespace)
    text = fill(
        "helm",
        f"{path}.j2",
        header=subject.header(path),
        helm=helm,
        names=names,
        image=image,
        folder=folder,
        parent=str(PurePosixPath(folder).parent),
        small=_SMALL,
        pause=_PAUSE,
        env=as_variables({_BUNDLES: {**options.get(_BUNDLES, {}), "dag_bundle_storage_path": folder}}),
        namespaces={team: helm.team_namespace(team) for team in helm.teams},
        account=helm.workers.service_account or names.worker,
        trust=subject.trust,
    )
    return RenderedFile(path, text)
