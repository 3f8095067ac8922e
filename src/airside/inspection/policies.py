"""Running the rules of a workspace's own: the functions in its folder `policies`."""

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from airside.inspection.facts import OwnFault, OwnRule, OwnRulesRequest
from airside.release.description import WorkflowDescription

Check = Callable[[WorkflowDescription], Any]

ERROR = "policy-error"


def run_policies(_root: Path, payload: bytes) -> bytes:
    """Return what the rules say, as JSON: a list of `OwnFault`.

    It imports the files, so that it has to be called in a process of its own. A rule that fails, or a file that cannot
    be imported, is one fault at its line; the others go on.

    Args:
        payload: The JSON of an `OwnRulesRequest`.
    """
    request = msgspec.json.decode(payload, type=OwnRulesRequest)
    # First: a package with the same name may be installed.
    sys.path.insert(0, request.workspace)
    return msgspec.json.encode([fault for file in request.files for fault in _file_faults(file, request)])


def _file_faults(file: str, request: OwnRulesRequest) -> Iterator[OwnFault]:
    try:
        module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the code of a team raises is a finding
        yield _broken(error, file, request.workspace, "cannot be imported")
        return
    for rule in request.rules:
        if rule.file == file:
            yield from _rule_faults(rule, getattr(module, rule.function, None), request)


def _rule_faults(rule: OwnRule, check: Check | None, request: OwnRulesRequest) -> Iterator[OwnFault]:
    if not callable(check):
        yield OwnFault(rule=ERROR, message=f"Rule {rule.id} is no function any more", file=rule.file, line=rule.line)
        return
    broken: OwnFault | None = None
    for workflow in request.workflows:
        try:
            yield from _faults(rule, workflow, check(workflow))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
            what = f"failed on workflow {workflow.id!r}"
            broken = broken or _broken(error, rule.file, request.workspace, what, rule)
    if broken:
        yield broken


def _faults(rule: OwnRule, workflow: WorkflowDescription, said: object) -> Iterator[OwnFault]:
    if said is None:
        return
    tasks = {task.id: task.line for task in workflow.tasks}
    for entry in [said] if isinstance(said, str) else _iterated(said):
        place, message = entry if isinstance(entry, tuple) and len(entry) == 2 else (None, entry)  # noqa: PLR2004
        task = place if isinstance(place, str) else None
        if not isinstance(message, str) or not (place is None or isinstance(place, int | str)):
            raise TypeError(f"it gave {entry!r}: a rule gives texts, or pairs of a task's id (or a line) and a text")
        if task is not None and task not in tasks:
            raise ValueError(f"it named the task {task!r}, which the workflow does not have")
        line = tasks[task] if task is not None else place if isinstance(place, int) else workflow.line
        yield OwnFault(rule=rule.id, message=message, file=workflow.file, line=line, workflow=workflow.id, task=task)


def _iterated(said: object) -> Iterable[object]:
    if not isinstance(said, Iterable):
        raise TypeError(f"it gave {said!r}: a rule gives texts, or nothing")
    return said


def _broken(error: BaseException, file: str, workspace: str, what: str, rule: OwnRule | None = None) -> OwnFault:
    name = f"Rule {rule.id}" if rule else file
    place = (file, rule.line if rule else None)
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(f"{workspace}/"):
        place = (os.path.relpath(error.filename, workspace), error.lineno)
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(f"{workspace}/policies/"):
            place = (os.path.relpath(frame.filename, workspace), frame.lineno)
    message = f"{name} {what}: {type(error).__name__}: {error}"
    return OwnFault(rule=ERROR, message=" ".join(message.split()), file=place[0], line=place[1])
