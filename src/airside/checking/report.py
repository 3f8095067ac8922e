"""What one check came to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from airside.checking.findings import Finding
from airside.inspection.facts import FileFacts
from airside.release.description import Description, describe

Stage = Literal["source", "import", "contract", "policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one check came to.

    Attributes:
        findings: By place.
        facts: What is known of each DAG file, by path.
        complete: Every DAG file of the workspace was looked at.
        environment: The environment that the needs were compared with; None where none was named.
        stages: How long each stage took, in seconds. Some run at the same time.
        seconds: How long all of it took.
    """

    findings: tuple[Finding, ...] = ()
    facts: tuple[FileFacts, ...] = ()
    complete: bool = True
    environment: str | None = None
    stages: Mapping[Stage, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def errors(self) -> int:
        """How many findings make the check fail."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings do not."""
        return len(self.findings) - self.errors

    @property
    def workflows(self) -> int:
        """How many workflows the files define."""
        return sum(len(facts.workflows) for facts in self.facts)

    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be read because of a fault of Airside's own."""
        return tuple(fault for facts in self.facts for workflow in facts.workflows for fault in workflow.faults)

    @property
    def passed(self) -> bool:
        """There is no error."""
        return not self.errors

    @property
    def description(self) -> Description:
        """What the workflows of these files are, as releases carry it."""
        return describe([workflow.description for facts in self.facts for workflow in facts.workflows])

    def slowest(self, count: int = 3) -> tuple[FileFacts, ...]:
        """Return the files that took longest to import, the longest first."""
        return tuple(sorted(self.facts, key=lambda facts: (-facts.seconds, facts.file))[:count])


def added(before: Report, now: Report) -> tuple[Finding, ...]:
    """Return the findings of `now` that `before` does not have; one that only moved to another line is none."""
    left = Counter(_anywhere(finding) for finding in before.findings)
    new = []
    for finding in now.findings:
        if left[_anywhere(finding)] > 0:
            left[_anywhere(finding)] -= 1
        else:
            new.append(finding)
    return tuple(new)


def _anywhere(finding: Finding) -> Finding:
    return replace(finding, line=None, column=None)
