"""A plan as lines for a terminal, each with the name of a style."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from airside.planning.escaping import plain
from airside.planning.happening import happenings
from airside.planning.outline import Line, config_lines, file_lines, runtime_lines, workflow_lines
from airside.planning.report import PlanReport
from airside.planning.verdict import verdict
from airside.planning.wording import count, kind_name, listed

SHOWN_FILES: Final = 20
"""More files than these are counted, not listed; the JSON form has them all."""

STYLES: Final = {"+": "green", "~": "yellow", "-": "red", "→": "cyan", "!": "yellow"}
"""The style of each sign, by the names that rich has for them."""

VERDICT_STYLES: Final = {"none": "green", "safe": "green", "careful": "yellow", "blocked": "red"}
"""The style of each level of a verdict."""

Styled = tuple[str, str | None]
"""A line without its end, and the name of its style."""


def text(report: PlanReport) -> list[Styled]:
    """Return the plan, the verdict last: where a terminal leaves the reader."""
    conclusion = verdict(report)
    sections = [] if report.is_empty else [*_sections(report)]
    return [*_head(report), *sections, ("", None), (conclusion.text, f"bold {VERDICT_STYLES[conclusion.level]}")]


def origin(report: PlanReport) -> str:
    """Return where the release comes from, in brief."""
    source = report.after.record.source
    commit = f"commit {source.commit[:10]}" if source.commit else "no commit"
    author = f" by {plain(source.author)}" if source.author else ""
    return f"{commit}{author}{', with uncommitted changes' if source.dirty else ''}"


def undescribed(report: PlanReport) -> str | None:
    """Return why workflows are compared by their ids and files only; None where they are not."""
    if report.changes is not None:
        return None
    sides = [side for side in (report.before, report.after) if side and side.description is None]
    releases = " and ".join(side.record.id for side in sides)
    return f"Only ids and files are compared: release {releases} does not describe its workflows."


def _head(report: PlanReport) -> Iterator[Styled]:
    record = report.after.record
    yield f"Plan: {report.action} to {plain(report.environment)}", "bold"
    yield f"  from {f'release {report.before.record.id}' if report.before else 'nothing'}", None
    release = "a new release" if report.after.draft else f"release {record.id}"
    yield f"  to   {release}, {origin(report)}", None
    if record.source.message:
        yield f"       {plain(record.source.message)}", "dim"
    if report.is_empty:
        yield "  the same tree: no workflow and no file changes", None


def _sections(report: PlanReport) -> Iterator[Styled]:
    evidence = report.evidence
    if note := undescribed(report):
        yield from (("", None), (note, "yellow"))
    yield from _section("Workflows", workflow_lines(report))
    if report.touched:
        names = listed(report.touched)
        yield from _section("Workflows of which only the file changes", [Line("~", names)])
    yield from _section("Configs", config_lines(report.configs))
    yield from _section("Runtime", runtime_lines(report))
    yield from _section("Files", _few(list(file_lines(report))))
    if report.source:
        yield from (("", None), ("Source", "bold"), *map(_source_line, report.source))
    if evidence.consequences:
        yield from _section("When it is applied", happenings(evidence.consequences, report.changes))
    if evidence.lacks:
        yield from _section("The environment lacks", _lacks(report))
    if evidence.findings and (evidence.findings.errors or evidence.findings.warnings):
        found = f"{count(evidence.findings.errors, 'error')}, {count(evidence.findings.warnings, 'warning')}"
        yield from _section("The check finds", [Line("!", found)])


def _section(title: str, lines: Iterable[Line]) -> Iterator[Styled]:
    found = list(lines)
    if found:
        yield from (("", None), (title, "bold"))
        yield from (_styled(line) for line in found)


def _styled(line: Line) -> Styled:
    return f"  {'    ' * line.depth}{line.sign} {line.text}", STYLES.get(line.sign)


def _few(lines: Sequence[Line]) -> list[Line]:
    rest = len(lines) - SHOWN_FILES
    return [*lines] if rest <= 0 else [*lines[:SHOWN_FILES], Line("…", f"and {rest} more files")]


def _source_line(line: str) -> Styled:
    style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
    return f"  {line}", style


def _lacks(report: PlanReport) -> Iterator[Line]:
    for lack in report.evidence.lacks or ():
        sure = "" if lack.is_fatal else " (probably needed)" if lack.absent else " (whether it is there cannot be told)"
        sign = "-" if lack.is_fatal else "!"
        apply = f"; not applied yet: airside secrets apply {report.environment}" if lack.unapplied else ""
        yield Line(sign, f"{kind_name(lack.kind)} {plain(lack.name)}{sure}, for {listed(lack.workflows)}{apply}")
