"""What cannot be rendered for machines, and why."""

from collections.abc import Iterator

from airside.render.accounts import user_faults
from airside.render.celery.variables import base_url, common_variables
from airside.render.refusing import common_faults, executor_faults, missing_environment, missing_lock, refuse
from airside.render.secret_names import CELERY
from airside.render.subject import Subject
from airside.workspace.targets.celery import DEFAULT_QUEUE


def refuse_what_cannot_run(subject: Subject) -> None:
    """Refuse settings that no machines could run.

    Raises:
        WorkspaceError: With a line for each fault.
    """
    missing_environment(subject)
    missing_lock(subject)
    refuse([*common_faults(subject), *_executor(subject), *_faults(subject)])


def _executor(subject: Subject) -> list[str]:
    config = subject.settings.airflow.config
    database = config.get("database", {}).get("sql_alchemy_conn")
    executor = config.get("core", {}).get("executor", CELERY)
    return executor_faults(executor, [CELERY], database, "airflow.config.core.executor")


def _faults(subject: Subject) -> Iterator[str]:
    settings = subject.settings
    if "celery" not in settings.model_fields_set:
        yield "celery: there is no table [celery], so requirements.lock has nothing of Celery"
    if base_url(subject) is None:
        yield "celery.base_url: where will people and workers find Airflow? Such as 'https://airflow.example.com'"
    if settings.airflow.python is None:
        yield "airflow.python: which Python do the machines install? The one of requirements.lock, such as '3.12'"
    yield from user_faults(subject)
    queue = settings.airflow.config.get("operators", {}).get("default_queue", DEFAULT_QUEUE)
    groups = settings.celery.groups.items()
    if not any(queue in group.queues for _, group in groups):
        yield f"celery.workers: no group takes the queue {queue!r}, where tasks go that name none"
    for name, value in common_variables(subject).items():
        if "\n" in value or "\r" in value:
            yield f"airflow: {name} holds a line break, which an environment file of systemd cannot have here"
