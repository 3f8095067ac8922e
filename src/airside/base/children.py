"""The environment variables of child processes: inherited, without what harms them."""

import os

_HARMFUL = frozenset(
    {
        "PYTHONDONTWRITEBYTECODE",  # Airflow starts half as fast without its cached bytecode
        "PYTHONHOME",
        "PYTHONPATH",
        "VIRTUAL_ENV",  # that of the tool, while the child runs in the workspace's own
        "AIRFLOW_HOME",  # that of another Airflow on this machine
        "AIRFLOW_CONFIG",
    }
)


def inherited(**more: str) -> dict[str, str]:
    """Return the variables of this process that a child may have, and `more`."""
    kept = {name: value for name, value in os.environ.items() if name not in _HARMFUL}  # noqa: TID251 - the place for it
    return kept | more


def with_programs(environ: dict[str, str]) -> dict[str, str]:
    """Return `environ` with the programs of its virtual environment first on the path."""
    return environ | {"PATH": f"{environ['VIRTUAL_ENV']}/bin:{environ.get('PATH', '')}"}
