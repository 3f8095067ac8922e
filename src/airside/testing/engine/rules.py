"""Trigger rules: whether a task may start, given how the tasks above it ended. Pure.

The rules are those of `TriggerRuleDep._evaluate_direct_relatives` (airflow/ti_deps/deps/trigger_rule_dep.py, 3.3.2),
with its counts; tests hold them against it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Settled = Literal["skipped", "upstream_failed", "removed"]
"""Where a task ends without ever starting."""

Decision = Literal["run", "wait", "skipped", "upstream_failed", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many task instances directly above ended where.

    Attributes:
        expected: How many there are, ended or not.
        expected_setup: How many of them are setups.
        success: And so on: by state.
        success_setup: Setups among `success`.
        skipped_setup: Setups among `skipped`.
    """

    expected: int
    expected_setup: int = 0
    success: int = 0
    skipped: int = 0
    failed: int = 0
    upstream_failed: int = 0
    removed: int = 0
    success_setup: int = 0
    skipped_setup: int = 0

    @property
    def bad(self) -> int:
        """How many failed, themselves or for something above them."""
        return self.failed + self.upstream_failed

    @property
    def done(self) -> int:
        """How many ended."""
        return self.success + self.skipped + self.bad + self.removed

    @property
    def is_complete(self) -> bool:
        """Whether all ended."""
        return self.done >= self.expected


def decide(rule: str, counts: Counts, map_index: int) -> Decision:
    """Return what `rule` says of the instance `map_index` of a task that has tasks above it."""
    settles, is_met = _RULES[rule]
    return settles(counts, map_index) or ("run" if is_met(counts) else "wait")


def _all_success(counts: Counts, map_index: int) -> Settled | None:
    if counts.bad:
        return "upstream_failed"
    if counts.skipped:
        return "skipped"
    return "removed" if counts.removed and 0 < counts.success <= map_index else None


def _all_failed(counts: Counts, _: int) -> Settled | None:
    return "skipped" if counts.success or counts.skipped else None


def _one_success(counts: Counts, _: int) -> Settled | None:
    if not counts.is_complete:
        return None
    if counts.done == counts.skipped:
        return "skipped"
    return None if counts.success else "upstream_failed"


def _one_failed(counts: Counts, _: int) -> Settled | None:
    return "skipped" if counts.is_complete and not counts.bad else None


def _one_done(counts: Counts, _: int) -> Settled | None:
    return "skipped" if counts.is_complete and not (counts.failed or counts.success) else None


def _none_failed(counts: Counts, _: int) -> Settled | None:
    return "upstream_failed" if counts.bad else None


def _none_failed_min_one_success(counts: Counts, _: int) -> Settled | None:
    if counts.bad:
        return "upstream_failed"
    if counts.skipped == counts.expected:
        return "skipped"
    return "upstream_failed" if counts.is_complete and not counts.success else None


def _none_skipped(counts: Counts, _: int) -> Settled | None:
    return "skipped" if counts.skipped else None


def _all_skipped(counts: Counts, _: int) -> Settled | None:
    return "skipped" if counts.success or counts.bad else None


def _all_done_min_one_success(counts: Counts, _: int) -> Settled | None:
    if counts.skipped:
        return "skipped"
    return "upstream_failed" if counts.is_complete and not counts.success else None


def _all_done_setup_success(counts: Counts, _: int) -> Settled | None:
    if not (counts.is_complete and counts.expected_setup):
        return None
    if counts.skipped_setup >= counts.expected_setup:
        return "skipped"
    return None if counts.success_setup else "upstream_failed"


def _never(_counts: Counts, _: int) -> Settled | None:
    return None


_Settles = Callable[[Counts, int], Settled | None]
_IsMet = Callable[[Counts], bool]

_RULES: Final[dict[str, tuple[_Settles, _IsMet]]] = {
    "always": (_never, lambda _: True),
    "all_done": (_never, lambda c: c.is_complete),
    "all_success": (_all_success, lambda c: c.success + c.removed >= c.expected),
    "all_failed": (_all_failed, lambda c: c.bad + c.removed >= c.expected),
    "all_skipped": (_all_skipped, lambda c: c.skipped >= c.expected),
    "one_success": (_one_success, lambda c: c.success > 0),
    "one_failed": (_one_failed, lambda c: c.bad > 0),
    "one_done": (_one_done, lambda c: c.success + c.failed > 0),
    "none_failed": (_none_failed, lambda c: c.success + c.skipped + c.removed >= c.expected),
    "none_failed_min_one_success": (
        _none_failed_min_one_success,
        lambda c: c.success + c.skipped + c.removed >= c.expected and c.success > 0,
    ),
    "none_skipped": (_none_skipped, lambda c: c.is_complete and not c.skipped),
    "all_done_min_one_success": (
        _all_done_min_one_success,
        lambda c: c.success + c.bad >= c.expected - c.removed and c.success > 0,
    ),
    "all_done_setup_success": (_all_done_setup_success, lambda c: c.is_complete),
}
