"""Every rule of Airside's own: its id, which never changes its meaning, and what it says if nobody says otherwise.

Each has a page in docs/reference/rules with a bad and a good example; both are run as its tests.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypedDict, Unpack

from airside.checking.findings import Finding, Severity, as_advice

Group = Literal["import", "contract", "policy", "suppression"]

PAGES: Final = "https://airside.dev/docs/reference/rules"


class Place(TypedDict, total=False):
    """Where a finding is, and what to do; as in `Finding`."""

    line: int | None
    column: int | None
    fix: str | None
    workflow: str | None
    task: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        id: What the user writes in `[policy]` and in ``# airside: ignore[id]``.
        group: The stage that applies it.
        severity: What its findings are; None is off until `[policy]` turns it on.
        summary: What it demands, in one sentence.
    """

    id: str
    group: Group
    severity: Severity | None
    summary: str

    @property
    def url(self) -> str:
        """The page of the rule."""
        return f"{PAGES}/{self.id}/"

    def finding(self, file: str, message: str, *, severity: Severity | None = None, **place: Unpack[Place]) -> Finding:
        """Return a finding of this rule, of its own severity unless another one is given.

        The message is one sentence without a full stop, also where it quotes one that has it; the advice has one.
        """
        chosen = severity or self.severity or "warning"
        said = message if message.endswith("..") else message.removesuffix(".")
        place["fix"] = as_advice(place.get("fix"))
        return Finding(rule=self.id, severity=chosen, file=file, message=said, url=self.url, **place)


_RULES: Final = (
    Rule("import-error", "import", "error", "A DAG file can be imported, and Airflow can serve what it defines."),
    Rule("import-timeout", "import", "error", "Importing a DAG file ends within the time limit."),
    Rule("import-crash", "import", "error", "Importing a DAG file does not end the process."),
    Rule("import-memory", "import", "error", "Importing a DAG file stays within the memory limit."),
    Rule("import-slow", "import", "warning", "Importing a DAG file takes less than a second."),
    Rule("import-output", "import", "warning", "Importing a DAG file prints little."),
    Rule("network-at-import", "import", "error", "Importing a DAG file does not use the network."),
    Rule("process-at-import", "import", "warning", "Importing a DAG file starts no program."),
    Rule("write-at-import", "import", "warning", "Importing a DAG file writes no file."),
    Rule("read-at-import", "import", "warning", "Importing a DAG file reads only files of the workspace."),
    Rule("database-at-import", "import", "warning", "Importing a DAG file opens no database."),
    Rule("sleep-at-import", "import", "warning", "Importing a DAG file does not wait."),
    Rule("variable-at-import", "import", "warning", "Importing a DAG file asks for no variable."),
    Rule("connection-at-import", "import", "warning", "Importing a DAG file asks for no connection."),
    Rule("duplicate-workflow", "import", "error", "A workflow id is defined once."),
    Rule(
        "foreign-workflow", "import", "error", "A workflow id is not used by another environment of the same Airflow."
    ),
    Rule("unstable-workflow", "import", "error", "A workflow is the same whenever its file is imported."),
    Rule("empty-workflow", "import", "warning", "A workflow has tasks."),
    Rule("no-workflow", "import", "warning", "A file that looks like a DAG file defines a workflow."),
    Rule("ignored-workflow", "import", "warning", "No .airflowignore hides a file that defines a workflow."),
    Rule("invalid-ignore-file", "import", "error", "An .airflowignore can be read by Airflow."),
    Rule("missing-connection", "contract", "error", "A connection that a workflow needs is in the environment."),
    Rule("missing-variable", "contract", "error", "A variable that a workflow needs is in the environment."),
    Rule("missing-pool", "contract", "error", "A pool that a task uses is declared."),
    Rule("missing-config", "contract", "error", "A config that a workflow reads is in `configs`."),
    Rule(
        "missing-workflow", "contract", "error", "A workflow that another one waits for or triggers is in the release."
    ),
    Rule(
        "missing-asset",
        "contract",
        "warning",
        "An asset that a workflow waits for is written by a task of the release.",
    ),
    Rule("missing-package", "contract", "error", "A module that a task imports can be imported."),
    Rule("missing-environment-variable", "contract", "warning", "An environment variable that a task reads is set."),
    Rule("missing-template", "contract", "error", "A template file that a task names ships with the release."),
    Rule("template-syntax", "contract", "error", "A template is valid Jinja."),
    Rule("template-name", "contract", "error", "A template uses only names that Airflow gives it."),
    Rule("xcom-task", "contract", "error", "An XCom is pulled from a task that exists."),
    Rule("xcom-order", "contract", "warning", "An XCom is pulled from a task that runs before."),
    Rule("branch-task", "contract", "error", "A branch chooses among tasks that exist directly after it."),
    Rule("argument-mismatch", "contract", "error", "The arguments of a task fit its function."),
    Rule("unserializable-result", "contract", "error", "What a task returns can be stored as an XCom."),
    Rule("invalid-config", "contract", "error", "A file of `configs` can be read, and what it refers to is there."),
    Rule("config-layer", "contract", "warning", "What an environment sets in its configs is what base has there."),
    Rule("literal-secret", "contract", "error", "No password, token or key stands in code or configuration."),
    Rule("owner", "policy", None, "A workflow names its owner."),
    Rule("tags", "policy", None, "A workflow has the tags that the team asks for."),
    Rule("retries", "policy", None, "The retries of a task are within bounds."),
    Rule("execution-timeout", "policy", None, "A task has a time-out."),
    Rule("run-timeout", "policy", None, "A run of a workflow has a time-out."),
    Rule("workflow-id", "policy", None, "The id of a workflow follows the pattern of its team."),
    Rule("task-id", "policy", None, "The id of a task follows a pattern."),
    Rule("catchup", "policy", None, "A workflow does not catch up on missed runs."),
    Rule("active-runs", "policy", None, "A workflow limits the runs that are active at one time."),
    Rule("operators", "policy", None, "A task uses an operator that is allowed."),
    Rule("shape", "policy", None, "A workflow begins with checks and ends with a summary."),
    Rule("documentation", "policy", None, "A workflow is documented."),
    Rule("test-exists", "policy", None, "A workflow has a test."),
    Rule("size", "policy", None, "A workflow has no more tasks than allowed."),
    Rule("schedule", "policy", None, "A workflow says when it runs."),
    Rule("policy-error", "policy", "error", "A rule in `policies` can be run."),
    Rule("unused-ignore", "suppression", "warning", "A comment that ignores a rule suppresses a finding."),
    Rule("ignore-reason", "suppression", "warning", "A comment that ignores a rule says why."),
    Rule("unknown-rule", "suppression", "warning", "A comment that ignores a rule names one that exists."),
)

RULES: Final = {rule.id: rule for rule in _RULES}
"""By id, in the order in which the documentation lists them."""
