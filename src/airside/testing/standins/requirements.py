"""Packages that a stand-in needs, and what is said when one is missing."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from airside.base.errors import UsageError


def part(module: str, stand_in: str, packages: Mapping[str, str]) -> Any:
    """Return the module that needs `packages`, imported at the first use: a suite without it pays nothing.

    Args:
        module: Its dotted name.
        stand_in: Who needs it, for the message.
        packages: Requirement lines by the name under which Python imports them.

    Raises:
        UsageError: A package is not installed.
    """
    missing = [line for name, line in packages.items() if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"The stand-in {stand_in} needs {' and '.join(missing)}, which Python does not find here",
            hint=f"Add the line `airside[test]`, or `{'` and `'.join(missing)}`, to the requirements of the workflows.",
        )
    return import_module(module)
