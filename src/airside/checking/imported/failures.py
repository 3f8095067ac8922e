"""Files that cannot be imported, or not in time, or not by this process."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from airside.checking.findings import Finding
from airside.checking.imported.defining import definitions
from airside.checking.rules import RULES
from airside.checking.tracebacks import Told, read_tree_traceback
from airside.inspection.facts import Failure, FileFacts
from airside.release.ignoring import IGNORE_FILE, ignore_fault

_AIRFLOW_TIMEOUT = re.compile(r"DagBag import timeout for .+? after (\S+?)s?\.(?:\s|$)")
"""Airflow's own limit, core.dagbag_import_timeout (airflow/dag_processing/importers/python_importer.py 3.3.2)."""

_SYNTAX = re.compile(r'^  File "(?P<path>[^"]+)", line \d+\n    (?P<shown>.+)\n(?P<carets> +\^)', re.MULTILINE)
_SYNTAX_ERRORS = ("SyntaxError", "IndentationError", "TabError")
_SHOWN_INDENT = 4
"""Python shows the line of a syntax error without its own indentation, behind these spaces."""

_FIXES = {
    "ModuleNotFoundError": (
        "Add its package to requirements.txt, or its folder to workspace.include; a module of `dags` and of `include` "
        "is imported by its path from the workspace."
    ),
    "SystemExit": "Remove the call that exits: a DAG file is imported, not run.",
}
_FIX = "See all of it: `airside shell`, then `python {file}`."

_ENDED = {
    "timeout": (
        "import-timeout",
        "The import of the file does not end",
        "Move slow work from the top level of the file into its tasks, or raise check.timeout.",
    ),
    "crash": (
        "import-crash",
        "The import of the file ends the process",
        "Keep what ends the process out of the top level: a library in C, os._exit, a signal.",
    ),
    "memory": (
        "import-memory",
        "The import of the file takes more memory than allowed",
        "Move the data from the top level of the file into its tasks, or raise check.memory.",
    ),
}


def failure_findings(facts: FileFacts, sources: Mapping[str, bytes]) -> Iterator[Finding]:
    """Return a finding for each failure of a file; `sources` gives the column of a syntax error where it is known."""
    for failure in facts.failures:
        if facts.file.endswith(IGNORE_FILE):
            yield from _unlisted(facts.file, failure, sources)
            continue
        text = _in_tree(failure.traceback, facts.file)
        told = read_tree_traceback(text, facts.file) if text else Told(None, failure.message)
        found = _ended(facts.file, failure, told) or _raised(facts.file, text, told, sources)
        yield _with_guesses(found, failure, facts)


def _with_guesses(finding: Finding, failure: Failure, facts: FileFacts) -> Finding:
    """Say which answers were not the real ones, and how to give them: they may be all that is wrong."""
    guessed = [event for event in facts.events if event.answer == "placeholder"]
    if not guessed or finding.rule != "import-error":
        return finding
    names = {f"AIRFLOW_{'VAR' if event.kind == 'variable' else 'CONN'}_{event.detail.upper()}" for event in guessed}
    fix = (
        f"Look it up in a task; or give the check a value: {', '.join(sorted(names))} in [airflow] env of airside.toml."
    )
    return replace(finding, message=failure.message, fix=fix)


def _unlisted(file: str, failure: Failure, sources: Mapping[str, bytes]) -> Iterator[Finding]:
    # What can be told from its text is told by `ignore_file_findings`.
    if ignore_fault(sources.get(file, b"")) is None:
        yield RULES["invalid-ignore-file"].finding(file, f"Airflow cannot use it: {failure.message}")


def _in_tree(traceback: str, file: str) -> str:
    """Return the traceback with the files of the tree named by their paths in it; the file itself shows the root."""
    root = re.search(rf'^  File "(/.*/){re.escape(file)}", line', traceback, re.MULTILINE)
    return traceback.replace(root[1], "") if root else traceback


def _ended(file: str, failure: Failure, told: Told) -> Finding | None:
    overdue = _AIRFLOW_TIMEOUT.search(f"{told.message}\n{failure.message}")
    if failure.kind == "exception" and overdue is None:
        return None
    rule, said, fix = _ENDED["timeout" if overdue else failure.kind]
    detail = f"Airflow gives it {overdue[1]} s" if overdue else failure.message
    return RULES[rule].finding(file, f"{said}: {detail}", line=told.line, fix=fix)


def _raised(file: str, traceback: str, told: Told, sources: Mapping[str, bytes]) -> Finding:
    name = told.message.partition(":")[0].rpartition(".")[2]
    column = _column(traceback, file, told.line, sources) if name in _SYNTAX_ERRORS else None
    advice = _FIX.format(file=file) if file.endswith(".py") else None
    fix = None if name in _SYNTAX_ERRORS else _FIXES.get(name, advice)
    line = told.line or _only_definition(sources.get(file, b""))
    return RULES["import-error"].finding(file, told.message, line=line, column=column, fix=fix)


def _only_definition(content: bytes) -> int | None:
    # Airflow validates what a file has defined when it has left the file: no line of it takes part.
    lines = definitions(content)
    return lines[0] if len(lines) == 1 else None


def _column(traceback: str, file: str, line: int | None, sources: Mapping[str, bytes]) -> int | None:
    matches = [match for match in _SYNTAX.finditer(traceback) if match["path"] == file]
    if not matches or line is None:
        return None
    lines = sources.get(file, b"").decode(errors="replace").splitlines()
    source = lines[line - 1] if line <= len(lines) else ""
    # What Python strips: traceback.TracebackException._format_syntax_error (3.11).
    return len(matches[-1]["carets"]) - _SHOWN_INDENT + len(source) - len(source.lstrip(" \n\f"))
