"""Arguments that do not fit the function of a task."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from airflow.sdk.definitions.context import KNOWN_CONTEXT_KEYS

from airside.inspection.contract.ledger import Ledger, Place
from airside.inspection.contract.objects import Anything, Task
from airside.inspection.contract.sites import Site
from airside.inspection.contract.tasks import base_names, expanded_arguments

_CLASSIC: Final = frozenset({"PythonOperator", "PythonSensor"})
_POSITIONAL: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def check_arguments(
    task: Task, function: Callable[..., object], values: dict[str, Anything], site: Site, ledger: Ledger
) -> None:
    """Note what Airflow would refuse, or silently leave out, when it calls the function of this task."""
    signature = _signature(function)
    bases = base_names(task)
    given = task.partial_kwargs if task.is_mapped and "DecoratedOperator" not in bases else values
    positional, named = given.get("op_args") or [], given.get("op_kwargs") or {}
    if signature is None or not isinstance(positional, list | tuple) or not isinstance(named, Mapping):
        return
    call = _Call(task, signature, tuple(positional), named)
    if task.is_mapped:
        if "DecoratedOperator" in bases and expanded_arguments(task) is not None:
            _bind(call, site, ledger)
        elif "DecoratedOperator" not in bases and not bases.isdisjoint(_CLASSIC):
            _check_each(call, site, ledger)
    # TaskFlow binds the arguments of other calls itself (`DecoratedOperator.__init__`, airflow/sdk/bases/decorator.py).
    elif "DecoratedOperator" not in bases and not bases.isdisjoint(_CLASSIC) and _as_usual(type(task)):
        _bind(call, site, ledger)
        _left_out(call, site, ledger)


@dataclass(frozen=True, slots=True)
class _Call:
    task: Task
    signature: inspect.Signature
    positional: tuple[object, ...]
    named: Mapping[str, object]

    @property
    def takes_all(self) -> bool:
        return any(p.kind is inspect.Parameter.VAR_KEYWORD for p in self.signature.parameters.values())

    @property
    def argument(self) -> str:
        """The argument of the task that has the fault."""
        return "op_kwargs" if self.named else "op_args" if self.positional else "python_callable"


def _as_usual(operator: type) -> bool:
    """Say whether the operator finds the arguments as `PythonOperator` does; that of `@asset` does not."""
    method = getattr(operator, "determine_kwargs", None)
    return method is None or method.__qualname__.startswith("PythonOperator.")


def check_callback(callback: Callable[..., object], what: str, place: Place, ledger: Ledger) -> None:
    """Note a callback that does not take the context, its only argument."""
    signature = _signature(callback)
    if signature is None:
        return
    try:
        signature.bind({})
    except TypeError as error:
        ledger.problem(
            "argument-mismatch",
            f"Airflow calls {what} with the context, and {_name(callback)} does not take it: {error}",
            place,
            fix=f"Write def {_name(callback)}(context): … .",
        )


def _check_each(call: _Call, site: Site, ledger: Ledger) -> None:
    """Check the calls of a task that is expanded over the arguments of its function."""
    expanded = call.task.expand_input.value
    if not isinstance(expanded, Mapping) or not _as_usual(call.task.operator_class):
        return
    named, positional = expanded.get("op_kwargs"), expanded.get("op_args")
    if isinstance(named, list | tuple) and positional is None:
        for one in named:
            if isinstance(one, Mapping):
                _bind(replace(call, named=one), site, ledger)
    elif isinstance(positional, list | tuple) and named is None:
        for each in positional:
            if isinstance(each, list | tuple):
                _bind(replace(call, positional=tuple(each)), site, ledger)


def _bind(call: _Call, site: Site, ledger: Ledger) -> None:
    parameters = call.signature.parameters
    taken = [p.name for p in parameters.values() if p.kind in _POSITIONAL][: len(call.positional)]
    given = {name: None for name in KNOWN_CONTEXT_KEYS if name in parameters} | dict(call.named)
    clash = next((name for name in taken if name in given), None)
    known = {name: given[name] for name in given if name not in taken and (call.takes_all or name in parameters)}
    try:
        call.signature.bind(*call.positional, **known)
    except TypeError as error:
        reason = str(error)
    else:
        if clash is None:
            return
        reason = f"'{clash}' is given twice, by position and by name"
    ledger.problem(
        "argument-mismatch",
        f"The arguments of '{call.task.task_id}' do not fit its function {call.signature}: {reason}",
        site.argument(call.argument),
        fix="Give it what it asks for in op_args or op_kwargs, or change the function.",
    )


def _left_out(call: _Call, site: Site, ledger: Ledger) -> None:
    if call.takes_all:
        return
    for name in sorted(str(name) for name in call.named if name not in call.signature.parameters):
        # `KeywordParameters.determine` (airflow/sdk/bases/decorator.py 3.3.2) drops it without a word.
        ledger.problem(
            "argument-mismatch",
            f"The function of '{call.task.task_id}' has no parameter '{name}': Airflow leaves it out",
            site.argument("op_kwargs", name),
            certainty="likely",
            fix=f"Remove '{name}' from op_kwargs, or add the parameter.",
        )


def _signature(function: Callable[..., object]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def _name(callback: Callable[..., object]) -> str:
    inner = callback.func if isinstance(callback, partial) else callback
    return str(getattr(inner, "__name__", type(inner).__name__))
