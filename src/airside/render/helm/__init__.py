"""The platform on Kubernetes: values of the official chart of Airflow, and the commands around it."""

from typing import Any, Final

from airside.render.airflow_options import Options
from airside.render.helm.faults import refuse_faults
from airside.render.helm.manifests import manifests
from airside.render.helm.names import Names
from airside.render.helm.options import for_airflow_cfg, for_helm, helm_options
from airside.render.helm.pods import mounts, pod_template, variables_from, volumes
from airside.render.helm.scripts import scripts
from airside.render.helm.source import DagSource
from airside.render.helm.watching import watcher_manifest
from airside.render.image.naming import image_name, image_tag
from airside.render.refusing import own_variables
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import as_yaml, fill
from airside.workspace.settings import Settings
from airside.workspace.targets.helm import CELERY, KUBERNETES

VALUES: Final = "values.yaml"
_EXECUTOR: Final = "executor"

__all__ = ["DagSource", "render"]


def render(subject: Subject, source: DagSource = DagSource.RELEASE) -> tuple[RenderedFile, ...]:
    """Return the files that install the platform on Kubernetes.

    Args:
        subject: What is rendered.
        source: Where DAG files come from.

    Raises:
        WorkspaceError: The settings do not fit.
    """
    refuse_faults(subject, source)
    helm = subject.settings.helm
    options = helm_options(subject, source)
    repository, tag = image_name(subject.settings), image_tag(subject.lock)
    extra = manifests(subject, options, f"{repository}:{tag}")
    template = (pod_template(subject, source, options, f"{repository}:{tag}"),) if KUBERNETES in helm.executors else ()
    watcher = tuple(filter(None, [watcher_manifest(subject, f"{repository}:{tag}")]))
    return (
        _values(subject, source, options, (repository, tag)),
        *template,
        *extra,
        *watcher,
        *scripts(subject, source, [file.path for file in extra], [file.path for file in watcher]),
    )


def _values(subject: Subject, source: DagSource, options: Options, image: tuple[str, str]) -> RenderedFile:
    settings = subject.settings
    helm = settings.helm
    text = fill(
        "helm",
        "values.yaml.j2",
        header=subject.header(VALUES),
        helm=helm,
        names=Names(helm.release, helm.namespace),
        repository=image[0],
        tag=image[1],
        airflow=settings.airflow.version,
        celery=CELERY in helm.executors,
        remote_logs=options.get("logging", {}).get("remote_logging") == "True",
        config=for_airflow_cfg(_without_executor(options)),
        env=[{"name": name, "value": value} for name, value in sorted(_variables(settings, options).items())],
        env_from=variables_from(helm),
        trust=None if subject.trust is None else for_helm(as_yaml(subject.trust)),
        volumes=volumes(subject, node_cache=False),
        mounts=mounts(subject),
        account=lambda name: _account(name, helm.service_account_annotations),
        source=source.value,
        git_sync_image=helm.git.image.rsplit(":", 1),
    )
    return RenderedFile(VALUES, text)


def _without_executor(options: Options) -> Options:
    """The chart has a value for it, and refuses a second one that says more (templates/NOTES.txt 1.18)."""
    core = {name: value for name, value in options["core"].items() if name != _EXECUTOR}
    return {**options, "core": core}


def _variables(settings: Settings, options: Options) -> dict[str, str]:
    """Return those of all components; executors of teams are no value that the chart's schema knows."""
    teams = {"AIRFLOW__CORE__EXECUTOR": options["core"][_EXECUTOR]} if settings.helm.teams else {}
    return {**teams, **own_variables(settings)}


def _account(name: str, annotations: Any) -> dict[str, object]:  # noqa: ANN401 - as the settings have them
    return {"create": True, "name": name, "annotations": dict(annotations)}
