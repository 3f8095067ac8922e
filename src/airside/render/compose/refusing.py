"""What compose cannot run, and why."""

from collections.abc import Iterator

from airside.render.accounts import user_faults
from airside.render.compose.layout import CELERY
from airside.render.compose.variables import airflow_variables
from airside.render.refusing import LOCAL, common_faults, executor_faults, missing_lock, refuse
from airside.render.subject import Subject


def refuse_what_cannot_run(subject: Subject) -> None:
    """Refuse settings that no containers could run.

    Raises:
        WorkspaceError: With a line for each fault.
    """
    missing_lock(subject)
    refuse([*common_faults(subject), *_executor(subject), *_faults(subject)])


def _executor(subject: Subject) -> list[str]:
    config = subject.settings.airflow.config
    chosen = subject.settings.compose.executor
    faults = executor_faults(chosen, (LOCAL, CELERY), config.get("database", {}).get("sql_alchemy_conn"), "compose")
    said = config.get("core", {}).get("executor", chosen)
    if said != chosen:
        faults.append(f"airflow.config.core.executor is {said!r}, and compose.executor is {chosen!r}: say one")
    return faults


def _faults(subject: Subject) -> Iterator[str]:
    compose = subject.settings.compose
    if compose.executor == CELERY and "compose" not in subject.settings.model_fields_set:
        yield "compose: there is no table [compose], so requirements.lock has nothing of Celery"
    if not subject.environments and compose.base_url is not None:
        yield "compose.base_url: in development the password is known to all, so Airflow is at localhost alone"
    yield from user_faults(subject)
    for name, value in airflow_variables(subject).items():
        if "\0" in value:
            yield f"airflow: {name} holds a null character"
