"""The rules of a workspace's own: which there are, and what they say."""

import ast
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from airside.base.errors import FindingsError, WorkspaceError
from airside.checking.findings import Finding
from airside.checking.policy.severities import Severities
from airside.checking.rules import RULES
from airside.inspection.facts import OwnFault, OwnRule, OwnRulesRequest
from airside.release.description import WorkflowDescription

FOLDER: Final = "policies"
POLICY_ERROR: Final = "policy-error"

_PLACE = re.compile(r'File "([^"]+)", line (\d+)')
_FUNCTION = re.compile(r"^def ([A-Za-z]\w*)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class OwnRules:
    """The rules in the folder `policies`, known without running them.

    Attributes:
        workspace: The folder that has `policies`.
        files: The files with rules, relative to the workspace, sorted.
        rules: By file and line.
    """

    workspace: Path
    files: tuple[str, ...] = ()
    rules: tuple[OwnRule, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the rules."""
        return frozenset(rule.id for rule in self.rules)


def read_own_rules(workspace: Path) -> OwnRules:
    """Return the rules of the workspace: the functions without a leading underscore in ``policies/*.py``.

    A file with a leading underscore has none: it is for what the others share.

    Raises:
        WorkspaceError: A file cannot be read; or a rule has the name of another, or of one of Airside's.
    """
    try:
        paths = sorted(path for path in (workspace / FOLDER).glob("[!_]*.py") if path.is_file())
        texts = {f"{FOLDER}/{path.name}": path.read_text() for path in paths}
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(
            f"The rules in {workspace / FOLDER} cannot be read: {error}", hint="Correct the file; its text is UTF-8."
        ) from error
    rules = tuple(rule for file, text in texts.items() for rule in _rules(file, text))
    _require_distinct(rules)
    return OwnRules(workspace, tuple(texts), rules)


def own_findings(
    own: OwnRules,
    workflows: Sequence[WorkflowDescription],
    severities: Severities,
    run: Callable[[bytes], bytes],
) -> tuple[Finding, ...]:
    """Return what the rules of the workspace say of its workflows.

    Args:
        own: From `read_own_rules`.
        workflows: To look at.
        severities: A rule that is off everywhere is not run.
        run: Has `airside.inspection.policies.run_policies` work on the payload it is given, and returns the answer; a
            FindingsError says that the rules took too long or ended their process.
    """
    if not own.files:
        return ()
    files = {workflow.file for workflow in workflows}
    asked = tuple(rule for rule in own.rules if any(severities.of(rule.id, file) for file in files))
    request = OwnRulesRequest(workspace=str(own.workspace), files=own.files, rules=asked, workflows=tuple(workflows))
    try:
        answer = msgspec.json.decode(run(msgspec.json.encode(request)), type=list[OwnFault])
    except FindingsError as error:
        answer = [_ended(error, own)]
    return tuple(_findings(answer, {rule.id: rule for rule in own.rules}, severities))


def _ended(error: FindingsError, own: OwnRules) -> OwnFault:
    """Return the fault of a rule that ended the process of all of them, at its line where the message has one."""
    places = _PLACE.findall(error.message)
    start = f"{own.workspace}/"
    inside = [(file.removeprefix(start), int(line)) for file, line in places if file.startswith(f"{start}{FOLDER}/")]
    file, line = inside[-1] if inside else (own.files[0], None)
    said = error.message.splitlines()[0]
    # What the rules did stands behind the name of the work.
    return OwnFault(
        rule=POLICY_ERROR, message=f"The rules failed: {said.partition(': ')[2] or said}", file=file, line=line
    )


def _findings(faults: Iterable[OwnFault], rules: dict[str, OwnRule], severities: Severities) -> Iterator[Finding]:
    for fault in faults:
        severity = severities.of(fault.rule, fault.file)
        if severity is not None:
            own, known = rules.get(fault.rule), RULES.get(fault.rule)
            yield Finding(
                rule=fault.rule,
                severity=severity,
                file=fault.file,
                message=fault.message,
                line=fault.line,
                fix=own.summary or None if own else "Correct the rule, or turn it off in [policy].",
                url=known.url if known else None,
                workflow=fault.workflow,
                task=fault.task,
            )


def _rules(file: str, text: str) -> Iterator[OwnRule]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ruff speaks of them
            body = ast.parse(text).body
    except (SyntaxError, ValueError):
        # Broken, or for a newer Python than this one: whoever imports it says so.
        for match in _FUNCTION.finditer(text):
            yield OwnRule(id=_id(match[1]), function=match[1], file=file, line=text.count("\n", 0, match.start()) + 1)
        return
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            summary = (ast.get_docstring(node) or "").split("\n")[0]
            yield OwnRule(id=_id(node.name), function=node.name, file=file, line=node.lineno, summary=summary)


def _id(function: str) -> str:
    return re.sub("_+", "-", function.strip("_")).lower()


def _require_distinct(rules: Sequence[OwnRule]) -> None:
    names = Counter(rule.id for rule in rules)
    faults = [
        f"{rule.file}:{rule.line}: there is a rule {rule.id} already"
        for rule in rules
        if rule.id in RULES or names[rule.id] > 1
    ]
    if faults:
        raise WorkspaceError("\n".join(faults), hint="Rename the function; the names of rules are those of functions")
