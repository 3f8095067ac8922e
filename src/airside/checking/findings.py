"""What a check found, as data."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong at one place.

    Attributes:
        rule: The stable id of the rule: one of `airside.checking.rules`, a code of ruff, or a rule of the workspace's.
        severity: An error makes the check fail.
        file: A path relative to the workspace.
        message: What is wrong, on which object: one sentence.
        line: From 1; None where it is about the whole file.
        column: From 1.
        fix: The next step.
        url: The page of the rule.
        workflow: The id of the workflow that it is about.
        task: The id of the task that it is about.
    """

    rule: str
    severity: Severity
    file: str
    message: str
    line: int | None = None
    column: int | None = None
    fix: str | None = None
    url: str | None = None
    workflow: str | None = None
    task: str | None = None

    @property
    def place(self) -> str:
        """Where it is, as compilers write it: ``dags/orders.py:12:5``."""
        numbers = [str(number) for number in (self.line, self.column) if number is not None]
        return ":".join([self.file, *numbers])


def as_advice(text: str | None) -> str | None:
    """Return the next step as a sentence that ends; None where there is none."""
    return f"{text}." if text and not text.endswith((".", "?", "!")) else text or None


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings by place, each once: the order in which a person goes through them."""
    return tuple(sorted(set(findings), key=_position))


def _position(finding: Finding) -> tuple[str, int, int, str, str, str]:
    return (finding.file, finding.line or 0, finding.column or 0, finding.rule, finding.message, finding.workflow or "")
