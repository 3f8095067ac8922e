"""Which packages Airflow needs where it runs, beside those of the workflows: they are resolved together."""

from collections.abc import Iterable, Iterator
from typing import Final

from airside.workspace.fields import Section
from airside.workspace.settings import OVERRIDDEN, Settings
from airside.workspace.targets.logs import LogsSettings, parts

_PROVIDER: Final = "apache-airflow-providers"
_CELERY: Final = "CeleryExecutor"
_OF_EXECUTOR: Final = {
    # Of Celery 5.7 the scheduler and the workers of the provider 3.26 die at their start. Its client of Redis comes
    # with the provider.
    _CELERY: (f"{_PROVIDER}-celery", "celery<5.7"),
    "KubernetesExecutor": (f"{_PROVIDER}-cncf-kubernetes",),
}
_OF_TARGET: Final = {
    # The official chart signs people in with FAB, and has Airflow send its metrics to statsd.
    "helm": (f"{_PROVIDER}-fab", "statsd"),
}
_ALWAYS: Final = {"celery": _CELERY}
"""The executor of a target that has no choice."""

_OF_SCHEME: Final = {
    "s3": f"{_PROVIDER}-amazon",
    "gs": f"{_PROVIDER}-google",
    "az": f"{_PROVIDER}-microsoft-azure",
}


def wanted_packages(settings: Settings) -> tuple[str, ...]:
    """Return what `requirements.lock` has to hold for the targets and the logs that `airside.toml` speaks of.

    A table that is not there wants nothing.
    """
    return tuple(sorted(set(_wanted(settings))))


def packages_of_target(settings: Settings, target: str) -> tuple[str, ...]:
    """Return what `requirements.lock` has to hold for one target, whether its table is there or not."""
    table = getattr(settings, target, None)
    if target not in OVERRIDDEN or not isinstance(table, Section):
        return ()
    return (*target_packages(target, getattr(table, "executor", "")), *_log_packages(settings.logs))


def target_packages(target: str, executor: str = "") -> tuple[str, ...]:
    """Return what Airflow needs on a target, with an executor or several joined by commas."""
    return (*_OF_TARGET.get(target, ()), *_executor_packages(executor or _ALWAYS.get(target, "")))


def _wanted(settings: Settings) -> Iterator[str]:
    for options in (values for section, values in settings.airflow.config.items() if section.lower() == "core"):
        for option, value in options.items():
            if option.lower() == "executor":
                yield from _executor_packages(value)
    for name, table in _tables(settings):
        if isinstance(table, LogsSettings):
            yield from _log_packages(table)
        else:
            yield from target_packages(name, getattr(table, "executor", ""))


def _tables(settings: Settings) -> Iterator[tuple[str, Section]]:
    """Yield the tables that somebody wrote, as they are for all and as they are in each environment."""
    for name in OVERRIDDEN:
        if name in settings.model_fields_set:
            yield name, getattr(settings, name)
        for environment, said in settings.environments.items():
            if name in said.model_fields_set:
                yield name, settings.overridden(environment, name)


def _log_packages(logs: LogsSettings) -> tuple[str, ...]:
    return () if logs.url is None else (_OF_SCHEME[parts(logs.url)[0]],)


def _executor_packages(executor: str) -> Iterable[str]:
    names = (name.strip().rpartition(".")[2] for name in executor.split(","))
    return [package for name in names for package in _OF_EXECUTOR.get(name, ())]
