"""What the inspection of one DAG file reports. Values; no Airflow in here."""

from datetime import datetime
from typing import Literal

import msgspec

from airside.release.description import Certainty, WorkflowDescription

FailureKind = Literal["exception", "timeout", "crash", "memory"]
EventKind = Literal["network", "process", "write", "read", "database", "sleep", "variable", "connection"]
Answer = Literal["environment", "default", "placeholder"]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with a workflow that can be told from the workflow alone.

    Attributes:
        rule: The id of the rule in `airside.checking.rules`.
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
    """A workflow that the file defines, and what is wrong with it.

    Attributes:
        description: What it is and needs.
        problems: What is wrong with it.
        faults: What could not be read because of a fault of Airside's own: the workflow, the task and the exception.
    """

    description: WorkflowDescription
    problems: tuple[Problem, ...] = ()
    faults: tuple[str, ...] = ()


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
        answer: What a look-up of a variable or a connection was answered with; `placeholder` where the file gives no
            default and the environment of the check has no value: reading went on with one that is not the real one.
    """

    kind: EventKind
    detail: str
    file: str | None = None
    line: int | None = None
    denied: bool = False
    answer: Answer | None = None


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
        workflows: Those that can be served; an id that it defines twice is there twice, of which Airflow keeps one.
        failures: Why others, or all, cannot.
        warnings: What Python and Airflow warned of, as ``category: message``, each with the line in this file or None.
        events: What it did besides defining workflows, in order, each place once.
        unstable: How a second reading differed.
        printed: How many bytes it wrote to standard output and standard error.
        modules: Files of the tree that it imported, itself not among them, sorted.
        reads: Other files of the tree that it read, sorted; a folder that it listed ends in ``/``.
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


class OwnRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of the workspace's own: a function in `policies`.

    Attributes:
        id: The name of the function in lower case, with hyphens.
        function: The name of the function.
        file: A path relative to the workspace.
        line: Where the function is, from 1.
        summary: The first line of its docstring; empty without one.
    """

    id: str
    function: str
    file: str
    line: int
    summary: str = ""


class OwnRulesRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the rules of the workspace's own.

    Attributes:
        workspace: The folder that has the folder `policies`.
        files: The files of rules, relative to it; each is imported, whether it has a rule to run or not.
        rules: Those to run.
        workflows: What they run on.
    """

    workspace: str
    files: tuple[str, ...]
    rules: tuple[OwnRule, ...]
    workflows: tuple[WorkflowDescription, ...]


class OwnFault(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule of the workspace's own says of a workflow, or what is wrong with the rule.

    Attributes:
        rule: Its id; ``policy-error`` where the rule itself, or its file, is at fault.
        message: One sentence.
        file: A path relative to the workspace.
        line: From 1.
        workflow: The id of the workflow.
        task: The id of the task.
    """

    rule: str
    message: str
    file: str
    line: int | None = None
    workflow: str | None = None
    task: str | None = None


class AutomatedRun(msgspec.Struct, frozen=True, kw_only=True):
    """The last run of a workflow that its schedule or a backfill made: the next one follows from it.

    Attributes:
        run_after: When it was due.
        interval_start: Where its data begins; None for a partition.
        interval_end: Where its data ends.
        partition_date: Of a run of a partition.
        partition_key: Of a run of a partition.
    """

    run_after: datetime
    interval_start: datetime | None = None
    interval_end: datetime | None = None
    partition_date: datetime | None = None
    partition_key: str | None = None


class DueQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """How many runs of a workflow are due.

    Attributes:
        workflow: Its id.
        timetable: Airflow's own encoding of the timetable, JSON as text; None where there is none.
        start_date: ISO 8601; None without one.
        end_date: In the same form.
        catchup: Whether missed intervals are run.
        last: Its last automated run; None where it never had one.
    """

    workflow: str
    timetable: str | None
    start_date: str | None = None
    end_date: str | None = None
    catchup: bool = False
    last: AutomatedRun | None = None


class DueRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The payload of the work `due`. It has no time: Airflow's timetables look at the clock themselves.

    Attributes:
        limit: Where counting ends, for each workflow.
        questions: One for each workflow.
    """

    limit: int
    questions: tuple[DueQuestion, ...]


class DueAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of the work `due`.

    Attributes:
        runs: How many runs are due, by workflow; None where it cannot be told.
    """

    runs: dict[str, int | None]
