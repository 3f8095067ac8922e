"""The report for people: the findings of each workflow together, the summary last."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from airside.checking.findings import Finding
from airside.checking.report import Report

_SHOWN = 5
"""How many findings of one rule are shown of one workflow."""
_SHOWN_IN_ALL = 20
"""How many of one rule are shown at all: a new rule may be broken everywhere."""
_MIB = 1024 * 1024
_STYLES = {"error": "red", "warning": "yellow"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, and how it looks where there are colours: ``red``, ``bold``, ``dim``; None as the rest."""

    text: str
    style: str | None = None


def lines(report: Report, prefix: str = "", *, verbose: bool = False) -> Iterator[Line]:
    """Yield all but the summary.

    Args:
        report: What to show.
        prefix: What stands before every path, so that a terminal can open it.
        verbose: Show every finding, and what each file cost.
    """
    left_out: Counter[str] = Counter()
    shown_of: Counter[str] = Counter()
    for title, findings in _groups(report):
        shown = findings if verbose else list(_shortened(findings, shown_of, left_out))
        if shown:
            yield Line(title, "bold")
            yield from _group(shown, prefix, verbose=verbose)
            yield Line("")
    for rule, number in sorted(left_out.items()):
        yield Line(f"… and {number:,} more {rule} (--verbose shows them)", "dim")
    if verbose:
        yield from _costs(report, prefix)


def summary(report: Report) -> str:
    """Return the last line."""
    files, workflows = _count(len(report.facts), "file"), _count(report.workflows, "workflow")
    seconds = f"{report.seconds:.1f} s" if report.seconds >= 1 else f"{report.seconds:.2f} s"
    if not report.findings:
        return f"✔ {files}, {workflows}, no findings in {seconds}"
    mark = "✔" if report.passed else "✘"
    slowest = next((facts for facts in report.slowest(1) if facts.seconds >= 1), None)
    slow = f"; slowest: {slowest.file}, {slowest.seconds:.1f} s" if slowest else ""
    return f"{mark} {count(report)} in {files}, {workflows} ({seconds}{slow})"


def count(report: Report) -> str:
    """Return how many findings there are: ``2 errors, 1 warning``."""
    numbers = ((report.errors, "error"), (report.warnings, "warning"))
    return ", ".join(_count(number, name) for number, name in numbers if number) or "no findings"


def plain_text(report: Report, prefix: str = "") -> str:
    """Return everything, without colours."""
    return "".join(f"{line.text}\n" for line in lines(report, prefix)) + summary(report) + "\n"


def _groups(report: Report) -> Iterator[tuple[str, Sequence[Finding]]]:
    """Group by workflow, what belongs to none by file, in the order of the files."""
    defined = {facts.file: facts.workflows[0].description.id for facts in report.facts if len(facts.workflows) == 1}
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        # What is wrong with a file is wrong with the only workflow in it.
        groups[finding.workflow or defined.get(finding.file, finding.file)].append(finding)
    first = {title: min(finding.file for finding in group) for title, group in groups.items()}
    for title in sorted(groups, key=lambda title: (first[title], title)):
        yield title, groups[title]


def _shortened(findings: Sequence[Finding], shown_of: Counter[str], left_out: Counter[str]) -> Iterator[Finding]:
    here: Counter[str] = Counter()
    for finding in findings:
        here[finding.rule] += 1
        if here[finding.rule] > _SHOWN or shown_of[finding.rule] >= _SHOWN_IN_ALL:
            left_out[finding.rule] += 1
            continue
        shown_of[finding.rule] += 1
        yield finding


def _group(findings: Sequence[Finding], prefix: str, *, verbose: bool) -> Iterator[Line]:
    told: set[str] = set()
    for finding in findings:
        yield finding_line(finding, prefix)
        for label, text in (("fix", finding.fix), ("see", finding.url if verbose else None)):
            # The same advice once in a group is enough.
            if text and text not in told:
                told.add(text)
                yield Line(f"    {label}: {_one_line(text)}", "dim")


def finding_line(finding: Finding, prefix: str = "") -> Line:
    """Return a finding as one line."""
    task = f"task {finding.task}: " if finding.task and finding.task not in finding.message else ""
    said = f"{finding.severity}: {task}{_one_line(finding.message)} [{finding.rule}]"
    return Line(f"  {_one_line(prefix + finding.place)}: {said}", _STYLES[finding.severity])


def _costs(report: Report, prefix: str) -> Iterator[Line]:
    for facts in report.slowest(len(report.facts)):
        yield Line(f"{facts.seconds:8.3f} s {facts.peak_bytes / _MIB:8.1f} MiB  {prefix}{facts.file}", "dim")
    stages = ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in report.stages.items())
    yield Line(stages, "dim")


def _one_line(text: str) -> str:
    # What a DAG file says may hold codes that would steer the terminal.
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in " ".join(text.split()))


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}" + ("" if number == 1 else "s")
