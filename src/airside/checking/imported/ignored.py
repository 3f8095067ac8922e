"""Files that Airflow does not look at although they define a workflow, and what hides them."""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from posixpath import basename, dirname
from typing import Literal

from pathspec.patterns.gitwildmatch import GitWildMatchPattern

from airside.checking.findings import Finding
from airside.checking.imported.defining import definitions
from airside.checking.rules import RULES
from airside.inspection.facts import FileFacts
from airside.release.ignoring import IGNORE_FILE, ignore_fault

Syntax = Literal["glob", "regexp"]
"""Airflow's option core.dag_ignore_file_syntax."""

_AT_LINE = re.compile(r"line (?P<line>\d+): (?P<fault>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A line of an ignore file, as airflow/_shared/module_loading/file_discovery.py 3.3.2 applies it."""

    file: str
    line: int
    text: str
    syntax: Syntax

    def decides(self, path: str, *, is_folder: bool) -> bool | None:
        """Return whether it hides `path`, or shows it again; None where it does not speak of it."""
        if self.syntax == "regexp":
            return True if re.search(self.text, path) else None
        if self.text.rstrip().endswith("/") and not is_folder:
            return None
        anchored = "/" in self.text.rstrip("/")
        folder = dirname(self.file)
        relative = path[len(folder) + 1 if folder else 0 :] if anchored else basename(path)
        pattern = _glob(self.text)
        return pattern.include if pattern.match_file(f"{relative}/" if is_folder else relative) else None


def ignore_file_findings(sources: Mapping[str, bytes], *, syntax: Syntax = "glob") -> Iterator[Finding]:
    """Return a finding for each `.airflowignore` among `sources` that would end Airflow's dag processor."""
    for file, content in sources.items():
        fault = ignore_fault(content) if basename(file) == IGNORE_FILE else None
        if fault is None or (syntax == "regexp" and _AT_LINE.match(fault)):
            continue  # a regular expression that is not valid is left out by Airflow, with a warning
        match = _AT_LINE.match(fault)
        yield RULES["invalid-ignore-file"].finding(
            file,
            f"Airflow cannot read it, and stops reading all DAG files: {match['fault'] if match else fault}",
            line=int(match["line"]) if match else None,
            fix="Write one pattern a line, in the form that .gitignore has.",
        )


def hidden_findings(
    sources: Mapping[str, bytes], facts: Sequence[FileFacts], *, dags: str, syntax: Syntax = "glob"
) -> Iterator[Finding]:
    """Return a finding for each file that defines a workflow by its text, and that Airflow does not import.

    Args:
        sources: The Python files and the ignore files below `dags`, and the ignore file of the root.
        facts: Of all files that Airflow lists.
        dags: The folder of the DAG files.
        syntax: How Airflow reads ignore files here.
    """
    seen = {found.file for found in facts if not found.skipped} | {file for found in facts for file in found.modules}
    for file, content in sources.items():
        if not file.startswith(f"{dags}/") or not file.endswith(".py") or file in seen:
            continue
        lines = definitions(content)
        if not lines:
            continue
        pattern = hiding_pattern(file, sources, syntax)
        if pattern is not None:
            yield _hidden(file, lines[0], pattern)
        elif not _has_words(content):
            yield _wordless(file, lines[0])


def _hidden(file: str, line: int, pattern: _Pattern) -> Finding:
    return RULES["ignored-workflow"].finding(
        file,
        f"Airflow does not see this workflow: {pattern.text!r} in {pattern.file}:{pattern.line} hides the file",
        line=line,
        fix=f"Correct the pattern in {pattern.file}, or move the file out of the folder of the DAG files.",
    )


def _wordless(file: str, line: int) -> Finding:
    return RULES["ignored-workflow"].finding(
        file,
        "Airflow does not see this workflow: it imports only files that hold the words 'airflow' and 'dag'",
        line=line,
        fix="Write both words into the file, in a comment for instance.",
    )


def _has_words(content: bytes) -> bool:
    # might_contain_dag_via_default_heuristic in airflow/utils/file.py 3.3.2.
    text = content.lower()
    return b"airflow" in text and (b"dag" in text or b"asset" in text)


def hiding_pattern(file: str, sources: Mapping[str, bytes], syntax: Syntax) -> _Pattern | None:
    """Return the line of an ignore file among `sources` that hides `file` from Airflow; None where none does."""
    parts = file.split("/")
    patterns: list[_Pattern] = []
    for depth in range(len(parts)):
        folder = "".join(f"{part}/" for part in parts[:depth])
        patterns += _patterns(f"{folder}{IGNORE_FILE}", sources, syntax)
        path = folder + parts[depth]
        verdicts = [(p.decides(path, is_folder=depth < len(parts) - 1), p) for p in patterns]
        decided = [(hides, pattern) for hides, pattern in verdicts if hides is not None]
        if decided and decided[-1][0]:
            return decided[-1][1]
    return None


def _patterns(file: str, sources: Mapping[str, bytes], syntax: Syntax) -> Iterator[_Pattern]:
    # Airflow cuts comments off exactly like this.
    lines = sources.get(file, b"").decode(errors="replace").splitlines()
    for number, line in enumerate(lines, start=1):
        text = re.sub(r"\s*#.*", "", line)
        if text and _is_valid(text, syntax):
            yield _Pattern(file, number, text, syntax)


def _is_valid(text: str, syntax: Syntax) -> bool:
    if syntax == "glob" and text.strip() == "/":
        return False
    try:
        _ = _glob(text) if syntax == "glob" else re.compile(text)
    except (ValueError, re.error):
        return False
    return True


@cache
def _glob(text: str) -> GitWildMatchPattern:
    with warnings.catch_warnings():
        # pathspec 1.0 renamed the class; Airflow uses this name.
        warnings.simplefilter("ignore")
        pattern: GitWildMatchPattern = GitWildMatchPattern(text)
    return pattern
