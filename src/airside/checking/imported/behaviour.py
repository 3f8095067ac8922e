"""What a file does while it is imported, besides defining workflows."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from airside.checking.findings import Finding, Severity
from airside.checking.rules import RULES
from airside.inspection.facts import Event, EventKind, FileFacts

MAX_PRINTED: Final = 64 * 1024
"""Bytes that the import of a file may print before it is a finding."""

MAX_SECONDS: Final = 1.0
"""Seconds that the import of a file may take before it is a finding."""

_KIB = 1024
_INTO_TASK = "Move it into a task: Airflow imports the file every few seconds, wherever a task of it runs too."

_EVENTS: Final[dict[EventKind, tuple[str, str, str]]] = {
    "network": ("network-at-import", "The import uses the network: {}", _INTO_TASK),
    "process": ("process-at-import", "The import starts a program: {}", _INTO_TASK),
    "write": ("write-at-import", "The import writes a file: {}", _INTO_TASK),
    "read": (
        "read-at-import",
        "The import reads a file that is not of the workspace: {}",
        "Read it in a task, or put it into a folder of workspace.include.",
    ),
    "database": ("database-at-import", "The import opens a database: {}", _INTO_TASK),
    "sleep": ("sleep-at-import", "The import waits: {}", "Wait in a task: a sensor, or a deferrable operator."),
    "variable": (
        "variable-at-import",
        "The import asks for the variable {!r}",
        "Ask for it in a task, or in a template: {{{{ var.value.{} }}}}",
    ),
    "connection": (
        "connection-at-import",
        "The import asks for the connection {!r}",
        "Ask for it in a task, or in a template: {{{{ conn.{} }}}}",
    ),
}


def behaviour_findings(facts: FileFacts) -> Iterator[Finding]:
    """Return the findings about what the import of a file did, printed and took."""
    yield from (_event(facts, event) for event in facts.events)
    yield from _unstable(facts)
    if facts.printed > MAX_PRINTED:
        said = f"The import prints {facts.printed // _KIB} KiB; more than {MAX_PRINTED // _KIB} KiB hide what matters"
        yield RULES["import-output"].finding(facts.file, said, fix="Print in a task, or log with `logging`.")
    if facts.seconds > MAX_SECONDS and not facts.failures:
        said = f"The import takes {facts.seconds:.1f} s; Airflow imports the file every few seconds"
        fix = "Import heavy libraries in the tasks that use them, and move work from the top level into tasks."
        yield RULES["import-slow"].finding(facts.file, said, fix=fix)


def _event(facts: FileFacts, event: Event) -> Finding:
    rule, said, fix = _EVENTS[event.kind]
    # With check.network the user lets it happen; that it does is still worth a word.
    severity: Severity | None = "warning" if event.kind == "network" and not event.denied else None
    line = event.line if event.file else None
    return RULES[rule].finding(
        event.file or facts.file,
        said.format(event.detail),
        severity=severity,
        line=line,
        fix=fix.format(event.detail) if event.kind in ("variable", "connection") else fix,
    )


def _unstable(facts: FileFacts) -> Iterator[Finding]:
    lines = {found.description.id: found.description.line for found in facts.workflows}
    differences: dict[str, list[str]] = defaultdict(list)
    for instability in facts.unstable:
        differences[instability.workflow].append(instability.what)
    for workflow, what in differences.items():
        yield RULES["unstable-workflow"].finding(
            facts.file,
            f"Workflow {workflow!r} is another one each time its file is imported: {', '.join(what)}",
            line=lines.get(workflow),
            workflow=workflow,
            fix="Take the time, random values and sets out of what defines it: each import makes a new version of it.",
        )
