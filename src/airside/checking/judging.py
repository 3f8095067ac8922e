"""From what was seen to findings: all rules, with the severities of `[policy]`, without what comments ignore."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from airside.checking.contract.comparing import contract_findings
from airside.checking.contract.configs import config_findings
from airside.checking.contract.literals import literal_findings
from airside.checking.findings import Finding
from airside.checking.imported.findings import import_findings
from airside.checking.imported.ignored import Syntax, hidden_findings, ignore_file_findings
from airside.checking.policy.findings import policy_findings
from airside.checking.policy.own import OwnRules, own_findings
from airside.checking.policy.severities import Severities
from airside.checking.policy.tested import read_tests
from airside.checking.request import Inspecting, Request
from airside.checking.rules import RULES
from airside.checking.suppressions import Judged, apply_suppressions
from airside.config.files import LOCAL_LAYER
from airside.inspection.facts import FileFacts
from airside.release.ignoring import IGNORE_FILE

_BY_CIRCUMSTANCE: Final = frozenset(
    {
        "import-timeout",
        "import-memory",
        "import-slow",
        "foreign-workflow",
        "missing-connection",
        "missing-variable",
        "missing-pool",
        "missing-workflow",
        "missing-asset",
        "missing-environment-variable",
    }
)
"""Rules that find something in one environment, or on one machine, and nothing in another: a comment that ignores one
of them is not unused because it suppresses nothing here."""


_SYNTAX: Final = re.compile(r"(?:Syntax|Indentation|Tab)Error: (?!.*\([^()]+, line \d+\)$)")
"""The message of a file that is no Python itself; one that imports such a file ends in the place."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the stages that read files came to.

    Attributes:
        facts: Of each DAG file, by path.
        sources: The content of each file that ships, by path.
        complete: The facts are of all DAG files.
    """

    facts: Sequence[FileFacts]
    sources: Mapping[str, bytes]
    complete: bool


def contract(request: Request, seen: Seen) -> Iterator[Finding]:
    """Yield what the import says, and what the workflows need and do not have."""
    facts = seen.facts
    yield from import_findings(facts, complete=seen.complete, taken=request.taken, sources=seen.sources)
    yield from contract_findings(
        facts, request.names, environment=request.environment, complete=seen.complete, sources=seen.sources
    )
    syntax = ignore_syntax(request)
    yield from ignore_file_findings(seen.sources, syntax=syntax)
    looked_at = {*_looked_at(request, seen), *(file for file in seen.sources if file.endswith(IGNORE_FILE))}
    yield from config_findings(request, looked_at)
    yield from hidden_findings(
        {file: content for file, content in seen.sources.items() if file in looked_at},
        seen.facts,
        dags=request.workspace.settings.workspace.dags,
        syntax=syntax,
    )


def literals(sources: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield the secrets that are written out in these files."""
    for file, content in sources.items():
        # What never leaves this machine may say what it likes.
        if not file.startswith(f"{LOCAL_LAYER}/"):
            yield from _literals(file, content)


def without_echoes(source: Iterable[Finding], found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what ruff says, but for what Python has told of already, in its own words: no syntax, an unknown name."""
    failed = [finding for finding in found if finding.rule == "import-error"]
    no_python = {finding.file for finding in failed if _SYNTAX.match(finding.message)}
    unknown = {(finding.file, finding.line) for finding in failed if finding.message.startswith("NameError: ")}
    for finding in source:
        by_name = finding.rule == "F821" and (finding.file, finding.line) in unknown
        if not by_name and not (finding.rule == "invalid-syntax" and finding.file in no_python):
            yield finding


def policy(
    request: Request, seen: Seen, own: OwnRules, severities: Severities, inspector: Inspecting | None
) -> Iterator[Finding]:
    """Yield where the workflows are not as the team has them."""
    root, settings = request.workspace.root, request.workspace.settings
    workflows = [workflow.description for facts in seen.facts for workflow in facts.workflows]
    yield from policy_findings(workflows, settings.policy, severities, tests=lambda: read_tests(root))
    if inspector is not None:
        yield from own_findings(
            own,
            workflows,
            severities,
            lambda payload: inspector.run("policies", request.root, payload, seconds=settings.check.timeout),
        )


def graded(
    request: Request, seen: Seen, own: OwnRules, severities: Severities, findings: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Return the findings as `[policy]` has them, without those that a comment in a file ignores."""
    judged = Judged(files=_looked_at(request, seen), groups=_groups(request, seen), own=own.ids)
    left = apply_suppressions(severities.graded(findings), lambda file: _text(request, seen, file), judged)
    # What is wrong with the comments themselves has a severity too.
    return severities.graded(left)


def ignore_syntax(request: Request) -> Syntax:
    """Return how Airflow reads ignore files in this workspace."""
    option = request.workspace.settings.airflow.variables.get("AIRFLOW__CORE__DAG_IGNORE_FILE_SYNTAX")
    return "regexp" if option == "regexp" else "glob"


@lru_cache(maxsize=16_384)
def _literals(file: str, content: bytes) -> tuple[Finding, ...]:
    # Kept for `--watch`, which asks again about all files when one was saved.
    return tuple(literal_findings({file: content}))


def _looked_at(request: Request, seen: Seen) -> Sequence[str]:
    if seen.complete:
        return list(seen.sources)
    return [file for file in request.selection.files if file in seen.sources]


def _groups(request: Request, seen: Seen) -> frozenset[str]:
    """Return the rules that found all there is to find in the files that were looked at."""
    applied = {"policy"} if request.ruff is None else {"policy", "source"}
    if seen.complete:
        applied |= {
            rule.id
            for rule in RULES.values()
            if rule.group in ("import", "contract") and rule.id not in _BY_CIRCUMSTANCE
        }
    return frozenset(applied)


def _text(request: Request, seen: Seen, file: str) -> str | None:
    content = seen.sources.get(file)
    try:
        # Tests and policies do not ship, and are read only where something is found in them.
        return (content if content is not None else (request.workspace.root / file).read_bytes()).decode()
    except (OSError, UnicodeDecodeError):
        return None
