"""The whole check of a tree: what `airside check` and every deploy run."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from airside.checking import judging
from airside.checking.findings import Finding, in_order
from airside.checking.imported.ignored import hiding_pattern
from airside.checking.judging import Seen
from airside.checking.policy.own import read_own_rules
from airside.checking.policy.severities import severities
from airside.checking.report import Report, Stage
from airside.checking.request import Inspecting, Request
from airside.checking.selection import may_define_workflows
from airside.checking.source import source_findings, source_paths
from airside.checking.sources import read_sources
from airside.inspection.facts import FileFacts

__all__ = ["Inspecting", "Request", "run_check"]


class _Stopwatch:
    """Tells how long each stage took."""

    def __init__(self) -> None:
        self.stages: dict[Stage, float] = {}
        self._started = time.monotonic()

    @contextmanager
    def stage(self, name: Stage) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self.stages[name] = time.monotonic() - started

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started


def run_check(request: Request, inspector: Inspecting | None) -> Report:
    """Check what `request` names, and return what came of it. Nothing is written.

    The text of the files is checked while the DAG files are imported.

    Args:
        request: What is to be checked.
        inspector: Imports the files; may be None where the request selects no DAG file.

    Raises:
        UsageError: `[policy]` or a file in `policies` does not hold, or the configuration of ruff is broken.
        PlatformError: The Python of the workspace cannot import Airflow, or broke down.
    """
    watch = _Stopwatch()
    own = read_own_rules(request.workspace.root)
    grades = severities(request.workspace.settings.policy, own.ids)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="airside-source") as executor:
        sources = read_sources(request.root, request.workspace.settings.workspace.entries)
        source = executor.submit(_source, request, sources, watch)
        with watch.stage("import"):
            facts = _facts(request, sources, inspector)
        seen = _seen(request, facts, sources)
        with watch.stage("contract"):
            found = [*judging.contract(request, seen)]
        with watch.stage("policy"):
            found += judging.policy(request, seen, own, grades, inspector)
        found += judging.without_echoes(source.result(), found)
    return Report(
        findings=in_order(judging.graded(request, seen, own, grades, found)),
        facts=tuple(seen.facts),
        complete=seen.complete,
        environment=request.environment,
        stages=dict(sorted(watch.stages.items())),
        seconds=watch.seconds,
    )


def _source(request: Request, sources: Mapping[str, bytes], watch: _Stopwatch) -> tuple[Finding, ...]:
    root, settings = request.workspace.root, request.workspace.settings
    everything = request.selection.everything or bool(request.known)
    with watch.stage("source"):
        texts = sources if everything else {file: sources[file] for file in request.selection.files if file in sources}
        literals = tuple(judging.literals(texts))
        if request.ruff is None:
            return literals
        paths = source_paths(root, settings.workspace.entries) if everything else _python(request.selection.files)
        return (*literals, *source_findings(root, paths, ruff=request.ruff, python=settings.airflow.python))


def _python(files: Sequence[str]) -> Sequence[str]:
    return [file for file in files if file.endswith(".py")]


def _facts(request: Request, sources: Mapping[str, bytes], inspector: Inspecting | None) -> Mapping[str, FileFacts]:
    syntax = judging.ignore_syntax(request)
    files: Sequence[str] | None = None
    if not request.selection.everything:
        # Whoever names a file that Airflow does not see gets no more than Airflow does.
        files = [file for file in request.selection.dags if hiding_pattern(file, sources, syntax) is None]
    if inspector is None or files == []:
        return {}
    return {facts.file: facts for facts in inspector.inspect(request.root, files) if not facts.skipped}


def _seen(request: Request, facts: Mapping[str, FileFacts], sources: Mapping[str, bytes]) -> Seen:
    """Put together what was seen now and what is known from before of files that are still there."""
    selected = set(request.selection.dags)
    kept = {file: known for file, known in request.known.items() if file in sources and file not in selected}
    dags = request.workspace.settings.workspace.dags
    candidates = {file for file in sources if may_define_workflows(file, dags)}
    complete = request.selection.everything or bool(request.known) or candidates <= selected
    merged = facts if request.selection.everything else {**kept, **facts}
    return Seen([merged[file] for file in sorted(merged)], sources, complete)
