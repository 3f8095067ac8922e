"""The fingerprint of a task: it changes when what the task does changes."""

import ast
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from airside.inspection.contract.asks import Reading
from airside.inspection.contract.objects import Task
from airside.inspection.contract.sources import FunctionNode
from airside.inspection.contract.tasks import expanded_arguments
from airside.inspection.describing.values import stable

_SAID_ELSEWHERE: Final = frozenset(
    {
        *("task_id", "dag", "task_group", "default_args", "start_date", "end_date", "params"),
        *("owner", "retries", "retry_delay", "execution_timeout", "pool", "pool_slots", "queue", "executor"),
        *("trigger_rule", "depends_on_past", "priority_weight"),
        # What a TaskFlow task was given, a second time.
        "kwargs_to_upstream",
    }
)
"""Arguments that are described beside the fingerprint, or that come from the workflow."""

_TASK_DECORATORS: Final = frozenset({"task", "setup", "teardown"})

_DIGITS: Final = 16


def fingerprint(task: Task, readings: Iterable[Reading]) -> str:
    """Return the fingerprint over the arguments of `task` and the functions that were read for it."""
    parts = [stable(_arguments(task))]
    for reading in readings:
        parts.extend(_dump(node) for node in reading.functions)
    return hashlib.sha256("\n".join(parts).encode(errors="surrogatepass")).hexdigest()[:_DIGITS]


def _arguments(task: Task) -> dict[str, object]:
    if task.is_mapped:
        inner = expanded_arguments(task)
        given = {**task.partial_kwargs, "expand_input": task.expand_input.value, "op_kwargs_expand_input": inner}
        return {name: value for name, value in given.items() if name not in _SAID_ELSEWHERE}
    given = {name: value for name, value in task._BaseOperator__init_kwargs.items() if name not in _SAID_ELSEWHERE}  # noqa: SLF001 - Airflow's record of what the author wrote
    # The texts of template files have taken the place of their names.
    return given | {name: getattr(task, name, None) for name in task.template_fields}


@lru_cache(maxsize=512)
def _dump(node: FunctionNode) -> str:
    if isinstance(node, ast.Lambda):
        return _text(node)
    others = [decorator for decorator in node.decorator_list if not _makes_task(decorator)]
    return f"{_text(others)} {node.name} {_text(node.args)} {_text(node.returns)} {_text(node.body)}"


def _makes_task(decorator: ast.expr) -> bool:
    """Tell whether this is `@task(…)` or the like: what it is given is among the arguments of the task."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return not _TASK_DECORATORS.isdisjoint(ast.unparse(named).split("."))


def _text(value: object) -> str:
    """Return the code without its layout; not `ast.dump`, whose text differs from one Python to the next."""
    if isinstance(value, ast.AST):
        fields = ((name, getattr(value, name, None)) for name in value._fields)
        inner = (f"{name}={_text(field)}" for name, field in fields if field is not None and field != [])
        return f"{type(value).__name__}({', '.join(inner)})"
    return f"[{', '.join(map(_text, value))}]" if isinstance(value, list) else repr(value)
