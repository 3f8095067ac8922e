"""What cannot run on a platform as a service."""

from collections.abc import Mapping

from airside.render.accounts import user_faults
from airside.render.refusing import common_faults, own_options
from airside.render.subject import Subject
from airside.workspace.settings import SETTINGS_FILE

_BROKEN = frozenset("\n\r\0")


def faults(subject: Subject, variables: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the settings.

    Args:
        subject: What is rendered.
        variables: What the apps would have.
    """
    found = [*common_faults(subject), *user_faults(subject)]
    if subject.settings.logs.url is None:
        found.append("logs.url: the machines there lose their disks, and with them the logs of tasks: name a bucket")
    found += [f"{name}: its value is not one line" for name, value in variables.items() if _BROKEN & set(value)]
    return found


def bucket_faults(subject: Subject, endpoint: str, other: str) -> list[str]:
    """Return a fault where the bucket of the platform is to hold releases or logs, and the settings do not say so.

    Args:
        subject: What is rendered.
        endpoint: An example of where the buckets of the platform are.
        other: What to set where buckets are elsewhere.
    """
    settings = subject.settings
    where = (
        f"{SETTINGS_FILE} has to say where its buckets are, such as {endpoint!r}; or, if they are elsewhere, {other}"
    )
    found = []
    if not settings.store.options.get("endpoint") and settings.store.url.startswith("s3://"):
        found.append(f"store.options.endpoint: {where}")
    if settings.logs.url is not None and not settings.logs.endpoint:
        found.append(f"logs.endpoint: {where}")
    return found


def executor_faults(subject: Subject, executor: str, where: str) -> list[str]:
    """Return a fault where `[airflow.config]` would have another executor run than the platform is made for."""
    own = own_options(subject.settings).get("core", {}).get("executor", executor)
    if own == executor:
        return []
    return [f"airflow.config.core.executor: {own!r} would win over {where}, which is {executor!r}: remove one of them"]
