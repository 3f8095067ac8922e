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

_OPTION = "AIRFLOW__"
"""An option for another Airflow would win over the workspace's own settings, its database among them."""


def inherited(**more: str) -> dict[str, str]:
    """Return the variables of this process that a child may have, and `more`."""
    variables = os.environ.items()  # noqa: TID251 - the place for it
    kept = {name: value for name, value in variables if name not in _HARMFUL and not name.startswith(_OPTION)}
    return kept | more


def with_programs(environ: dict[str, str]) -> dict[str, str]:
    """Return `environ` with the programs of its virtual environment first on the path."""
    return environ | {"PATH": f"{environ['VIRTUAL_ENV']}/bin:{environ.get('PATH', '')}"}
