"""Tasks that fail as a test wants: without their own code, with their retries and callbacks."""

import builtins
import re
from collections.abc import Callable
from copy import copy
from typing import Any, Final, NoReturn

from airflow.sdk import exceptions

_TOLD: Final = re.compile(r"(?P<name>[A-Za-z_][\w.]*)(?:: ?(?P<message>.*))?", re.DOTALL)


def failing(task: Any, told: str) -> Any:
    """Return a task like `task` (of the SDK) that raises what is told (`ValueError: text`) instead of working.

    All around it is as it would be: templates are rendered, a retry follows where there is one, callbacks run.
    """

    def execute(*_args: object, **_kwargs: object) -> NoReturn:
        raise error_of(told)

    double = copy(task)
    double.start_from_trigger = False
    if task.is_mapped:
        # Its instances are made of its class, one after the other.
        double.operator_class = _made_like(task.operator_class, execute)
    else:
        double.execute = execute
    return double


def error_of(told: str) -> Exception:
    """Return the exception that a text names: one of Python or Airflow, or a new one of that name."""
    match = _TOLD.fullmatch(told)
    if match is None or (match["message"] is None and not match["name"].endswith(("Error", "Exception"))):
        return _class_of("AirflowException")(told)
    message = (match["message"],) if match["message"] else ()
    return _class_of(match["name"].rpartition(".")[2])(*message)


def _class_of(name: str) -> Callable[..., Exception]:
    for module in (builtins, exceptions):
        found = getattr(module, name, None)
        if isinstance(found, type) and issubclass(found, Exception):
            return found
    return type(name, (Exception,), {"__module__": "builtins"})


def _made_like(operator: type, execute: Any) -> type:
    names = {"execute": execute, "__module__": operator.__module__, "__qualname__": operator.__qualname__}
    return type(operator)(operator.__name__, (operator,), names)
