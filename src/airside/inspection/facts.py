"""What the inspection of one DAG file reports. Values; no Airflow in here."""

from typing import Literal

import msgspec

from airside.release.description import Certainty, WorkflowDescription

FailureKind = Literal["exception", "timeout", "crash", "memory"]
EventKind = Literal["network", "process", "write", "read", "database", "sleep", "variable", "connection"]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with a workflow that can be told from the workflow alone.

    Attributes:
        rule: The id of the rule in `airside.checks.rules`.
        message: One sentence, which names the object.
        fix: The next step; None where the rule's own text says it.
        certainty: An exact problem is an error where the rule is one; the others are warnings.
        task: The task that has it.
        file: A path in the tree.
        line: From 1; None where it is about the whole file.
        column: From 1.
    """

    rule: str
    message: str
    fix: str | None = None
    certainty: Certainty = "exact"
    task: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None


class WorkflowFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow that the file defines, and what is wrong with it."""

    description: WorkflowDescription
    problems: tuple[Problem, ...] = ()


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a file, or one of its workflows, cannot be served.

    Attributes:
        kind: `exception` is what Airflow would show as an import error; the others ended the process.
        message: What the process said or how it ended, in one line.
        traceback: Python's text; empty where there is none.
    """

    kind: FailureKind
    message: str
    traceback: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the file did while it was read, and should do in a task.

    Attributes:
        kind: What it did.
        detail: With what: a host and port, a command, a path, the key of a variable.
        file: The innermost line of the workspace that did it: a path in the tree.
        line: From 1.
        denied: It was not let through.
    """

    kind: EventKind
    detail: str
    file: str | None = None
    line: int | None = None
    denied: bool = False


class Instability(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow that was another one when the file was read again.

    Attributes:
        workflow: Its id; one that was there only once is named too.
        what: What differed: ``start_date``, ``tasks.load.bash_command``.
    """

    workflow: str
    what: str


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What came of reading one DAG file in a process of its own.

    Attributes:
        file: Its path in the tree.
        workflows: Those that can be served.
        failures: Why others, or all, cannot.
        warnings: What Python and Airflow warned of, as ``category: message``, each with the line in this file or None.
        events: What it did besides defining workflows, in order, each place once.
        unstable: How a second reading differed.
        printed: How many bytes it wrote to standard output and standard error.
        modules: Files of the tree that it imported, itself not among them, sorted.
        reads: Other files of the tree that it read, sorted.
        skipped: Airflow does not import it: nothing in it looks like a workflow.
        seconds: How long reading it took.
        peak_bytes: How much memory reading it took above that of an idle process.
    """

    file: str
    workflows: tuple[WorkflowFacts, ...] = ()
    failures: tuple[Failure, ...] = ()
    warnings: tuple[tuple[str, int | None], ...] = ()
    events: tuple[Event, ...] = ()
    unstable: tuple[Instability, ...] = ()
    printed: int = 0
    modules: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    skipped: bool = False
    seconds: float = 0.0
    peak_bytes: int = 0
