"""Who may log in to a rendered Airflow: accounts of `SimpleAuthManager`, whose passwords each platform makes."""

import re
from collections.abc import Iterator
from typing import Final

from airside.render.subject import Subject
from airside.render.watching import USER, is_watched

ADMIN: Final = "airflow"
OPTION: Final = "simple_auth_manager_users"

_NAME: Final = re.compile(r"[\w.@+-]+", re.ASCII)


def users(subject: Subject) -> dict[str, str]:
    """Return the role of each: what `[airflow.config]` says, else one administrator; and the watcher's own account."""
    said = subject.settings.airflow.config.get("core", {}).get(OPTION, "")
    pairs = (entry.strip().partition(":") for entry in said.split(",") if entry.strip())
    found = {name: role for name, _, role in pairs} or {ADMIN: "admin"}
    return found | ({USER: found.get(USER, "viewer")} if is_watched(subject) else {})


def as_option(subject: Subject) -> str:
    """Return the same as Airflow has it."""
    return ",".join(f"{name}:{role}" for name, role in users(subject).items())


def user_faults(subject: Subject) -> Iterator[str]:
    """Yield a fault for each that can have no password: its name is one of a file or a key there."""
    for name, role in users(subject).items():
        if not _NAME.fullmatch(name):
            yield f"airflow.config.core.{OPTION}: {name!r} cannot be a user here: letters, digits and . @ + - _"
        elif not role:
            yield f"airflow.config.core.{OPTION}: {name!r} has no role, such as {name}:viewer"
