"""A plan as Markdown, made for a comment on a pull request."""

from collections.abc import Iterable, Iterator
from typing import Final

from airside.planning.escaping import code, fence, plain, prose
from airside.planning.happening import happenings
from airside.planning.outline import Line, config_lines, file_lines, runtime_lines, workflow_heads, workflow_lines
from airside.planning.pages import Block, paged
from airside.planning.report import PlanReport
from airside.planning.text import undescribed
from airside.planning.verdict import verdict
from airside.planning.wording import count, kind_name

MAX_MARKDOWN: Final = 65_000
"""Characters; GitHub takes 65,536 in a comment."""

_MARKS: Final = {"none": "✅", "safe": "✅", "careful": "⚠️", "blocked": "⛔"}
_NAMED_WORKFLOWS: Final = 5


def markdown(report: PlanReport, *, limit: int = MAX_MARKDOWN) -> str:
    """Return the plan, the verdict first, in at most `limit` characters.

    What the release says of itself is shown as code: no markup works in it, and it notifies nobody.
    """
    more = f"_There is more: `airside plan {report.environment}` shows all of it._"
    blocks = [] if report.is_empty else [*_circumstances(report), *_changes(report)]
    return paged(_head(report), blocks, limit=limit, more=more)


def _head(report: PlanReport) -> list[str]:
    conclusion = verdict(report)
    record, source = report.after.record, report.after.record.source
    level, _, rest = conclusion.text.partition(":")
    before = f"release {code(report.before.record.id)}" if report.before else "nothing"
    release = "a new release" if report.after.draft else f"release {code(record.id)}"
    commit = f"commit {code(source.commit[:10])}" if source.commit else "no commit"
    author = f" by {code(source.author)}" if source.author else ""
    message = f": {code(source.message)}" if source.message else ""
    dirty = ", **with uncommitted changes**" if source.dirty else ""
    lines = [
        f"### Plan: {report.action} to {code(report.environment)}",
        "",
        f"{_MARKS[conclusion.level]} **{level}:**{prose(rest)}",
        "",
        f"From {before} to {release}, {commit}{author}{message}{dirty}",
    ]
    note = undescribed(report)
    return [*lines, "", f"> {prose(note)}"] if note else lines


def _circumstances(report: PlanReport) -> Iterator[Block]:
    evidence = report.evidence
    if evidence.lacks:
        yield _table("The environment lacks", ("", "name", "of workflows"), _lacks(report))
    if evidence.consequences:
        yield _list("When it is applied", happenings(evidence.consequences, report.changes))
    if evidence.findings and (evidence.findings.errors or evidence.findings.warnings):
        found = f"{count(evidence.findings.errors, 'error')}, {count(evidence.findings.warnings, 'warning')}"
        yield Block(("#### The check finds", ""), (found,), (), "")


def _changes(report: PlanReport) -> Iterator[Block]:
    heads = [f"| {sign} | {code(id_)} | {code(what) if what else ''} |" for sign, id_, what in workflow_heads(report)]
    if heads:
        yield _table("Workflows", ("", "workflow", "what changes"), heads)
    if any(line.depth for line in workflow_lines(report)):
        yield _folded("What changes in the workflows", map(_diff_line, workflow_lines(report)))
    if runtime := list(runtime_lines(report)):
        yield _list("Runtime", runtime)
    if report.configs:
        yield _folded("Configs", map(_diff_line, config_lines(report.configs)))
    files = list(file_lines(report))
    if files:
        yield _folded(count(len(files), "file"), map(_diff_line, files))
    if report.source:
        yield _folded("Source", report.source)


def _table(title: str, columns: tuple[str, ...], rows: Iterable[str]) -> Block:
    found = tuple(rows)
    head = (f"#### {title}", "", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}")
    return Block(head, found, (), f"| … | and {{}} more |{' |' * (len(columns) - 2)}")


def _list(title: str, lines: Iterable[Line]) -> Block:
    rows = tuple(f"- {'**!** ' if line.sign == '!' else ''}{prose(line.text)}" for line in lines)
    return Block((f"#### {title}", ""), rows, (), "- … and {} more")


def _folded(title: str, lines: Iterable[str]) -> Block:
    found = list(lines)
    ticks = fence(found)
    head = (f"<details><summary>{title}</summary>", "", f"{ticks}diff")
    return Block(head, tuple(found), (ticks, "", "</details>"), "… and {} more lines")


def _diff_line(line: Line) -> str:
    # Where the sign comes first, lines that come and go have their colours.
    return f"{line.sign} {'    ' * line.depth}{line.text}"


def _lacks(report: PlanReport) -> Iterator[str]:
    for lack in report.evidence.lacks or ():
        sure = "" if lack.is_fatal else ", probably needed" if lack.absent else ", whether it is there cannot be told"
        names = ", ".join(code(name) for name in lack.workflows[:_NAMED_WORKFLOWS])
        more = f" and {len(lack.workflows) - _NAMED_WORKFLOWS} more" if len(lack.workflows) > _NAMED_WORKFLOWS else ""
        mark = "⛔" if lack.is_fatal else "⚠️"
        sure += f", not applied yet: {code(f'airside secrets apply {report.environment}')}" if lack.unapplied else ""
        yield f"| {mark} | {plain(kind_name(lack.kind))} {code(lack.name)}{sure} | {names}{more} |"
