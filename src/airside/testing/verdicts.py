"""What a session of tests found out, for people and for the record of a release: the report of `--airside-report`."""

from typing import Literal

import msgspec

FORMAT = "airside-test-report/1"

Result = Literal["passed", "failed", "error", "skipped"]
Verdict = Literal["verified", "ran", "not run"]
"""Of a task, by all tests together: something that it did was looked at; it only ran; it never ran."""


class TestVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """One test.

    Attributes:
        id: As pytest names it.
        file: Relative to the root.
        line: From 1.
        result: What came of it.
        seconds: How long it took.
        workflows: The workflows that it ran, and of each the tasks that it has verified, ran, and did not run.
        message: Why it failed: the first line.
        tier: `fast` or `real`; None: it ran no workflow.
    """

    id: str
    file: str
    line: int | None = None
    result: Result
    seconds: float
    workflows: dict[str, dict[str, Verdict]] = {}
    message: str | None = None
    tier: str | None = None


class TestReport(msgspec.Struct, frozen=True, kw_only=True):
    """All tests of a session.

    Attributes:
        format: `FORMAT`.
        tests: In the order of their ids.
        workflows: By workflow: each of its tasks, with the best verdict of all tests that passed.
        needs: By workflow: what it asked for, `kind:name`, for the contract.
    """

    format: str = FORMAT
    tests: tuple[TestVerdict, ...] = ()
    workflows: dict[str, dict[str, Verdict]] = {}
    needs: dict[str, tuple[str, ...]] = {}
