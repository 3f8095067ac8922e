"""Comments that ignore a rule: ``# airside: ignore[rule] reason``, and what is wrong with them.

One at the end of a line is for that line, one alone on its line for the next, ``ignore-file`` for the whole file.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from airside.checking.comments import Comment, Statements, comments
from airside.checking.findings import Finding, in_order
from airside.checking.policy.severities import is_ruff
from airside.checking.rules import RULES

_DIRECTIVE = re.compile(r"airside:\s*ignore(?P<file>-file)?\b(?:\[(?P<rules>[^\]]*)\])?(?P<reason>(?:(?!#\s).)*)")
_NO_REASON = " \t-\u2013\u2014:,.*/}#"
"""What may stand between the bracket and the reason, or ends the comment."""


@dataclass(frozen=True, slots=True)
class _Directive:
    """One comment that ignores rules.

    Attributes:
        rules: As they are written; empty where none is named.
        reason: Why; empty without one.
        whole_file: It holds for every line.
        comment: Where it is.
    """

    rules: tuple[str, ...]
    reason: str
    whole_file: bool
    comment: Comment


@dataclass(frozen=True, slots=True)
class Judged:
    """Which rules were applied to which files: there, a comment that suppresses nothing is not needed.

    Attributes:
        files: Looked at with all of `groups`.
        groups: `source`, `import`, `contract`, `policy`, or the ids of single rules.
        own: The ids of the workspace's own rules.
    """

    files: Collection[str]
    groups: Collection[str]
    own: Collection[str] = ()

    def applied(self, rule: str) -> bool:
        """Tell whether `rule` was applied."""
        return rule in self.groups or self._group(rule) in self.groups

    def knows(self, rule: str) -> bool:
        """Tell whether there is such a rule."""
        return rule in RULES or rule in self.own or is_ruff(rule)

    def _group(self, rule: str) -> str:
        if rule in RULES:
            return RULES[rule].group
        return "policy" if rule in self.own else "source"


def apply_suppressions(
    findings: Iterable[Finding], read: Callable[[str], str | None], judged: Judged
) -> tuple[Finding, ...]:
    """Return the findings that no comment ignores, and those about the comments.

    Args:
        findings: Of all stages, those of rules that are off not among them.
        read: Returns the text of a file, a path relative to the workspace; None where it is no text.
        judged: What was checked; in these files, comments that suppress nothing are findings.
    """
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.file].append(finding)
    files = sorted({*by_file, *judged.files})
    return in_order(kept for file in files for kept in _in_file(file, by_file[file], read(file), judged))


def _in_file(file: str, findings: list[Finding], text: str | None, judged: Judged) -> list[Finding]:
    if text is None or "airside:" not in text:
        return findings
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    statements = Statements(file, text)
    found = [directive for comment in comments(file, text) for directive in _directives(comment)]
    used: set[tuple[_Directive, str]] = set()
    kept = _kept(findings, found, statements, used)
    about = [
        about
        for directive in found
        for about in _about(file, directive, judged, {rule for used_by, rule in used if used_by == directive})
    ]
    return [*kept, *_kept(about, found, statements, used)]


def _kept(
    findings: Iterable[Finding],
    directives: list[_Directive],
    statements: Statements,
    used: set[tuple[_Directive, str]],
) -> list[Finding]:
    kept = []
    for finding in findings:
        lines = statements.lines(finding.line)
        ignoring = [
            directive
            for directive in directives
            if finding.rule in directive.rules and (directive.whole_file or directive.comment.target in lines)
        ]
        used.update((directive, finding.rule) for directive in ignoring)
        if not ignoring:
            kept.append(finding)
    return kept


def _directives(comment: Comment) -> Iterator[_Directive]:
    for match in _DIRECTIVE.finditer(comment.text):
        rules = tuple(dict.fromkeys(rule.strip() for rule in (match["rules"] or "").split(",") if rule.strip()))
        yield _Directive(rules, match["reason"].strip(_NO_REASON), match["file"] is not None, comment)


def _about(file: str, directive: _Directive, judged: Judged, used: Collection[str]) -> Iterator[Finding]:
    for rule in directive.rules:
        if not judged.knows(rule):
            yield _finding("unknown-rule", file, directive, f"There is no rule {rule!r}", "Correct its name.")
        elif rule not in used and _is_unused(file, rule, judged):
            message = f"The comment ignores {rule!r}, which finds nothing here"
            yield _finding("unused-ignore", file, directive, message, "Remove it.")
    if not directive.rules:
        fix = "Name it, as in `# airside: ignore[rule] reason`."
        yield _finding("unknown-rule", file, directive, "The comment names no rule to ignore", fix)
    elif not directive.reason:
        fix = "Say it after the bracket, as in `# airside: ignore[rule] reason`."
        yield _finding("ignore-reason", file, directive, "The comment does not say why it ignores a rule", fix)


def _is_unused(file: str, rule: str, judged: Judged) -> bool:
    about_comments = rule in RULES and RULES[rule].group == "suppression"
    return file in judged.files and judged.applied(rule) and not about_comments


def _finding(rule: str, file: str, directive: _Directive, message: str, fix: str) -> Finding:
    place = directive.comment
    return RULES[rule].finding(file, message, line=place.line, column=place.column, fix=fix)
