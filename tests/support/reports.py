"""Reports of checks that nobody has made."""

from airside.inspection.facts import FileFacts, WorkflowFacts
from airside.release.description import WorkflowDescription


def facts(file: str, *ids: str, seconds: float = 0.01, peak: int = 3 * 1024 * 1024) -> FileFacts:
    workflows = tuple(WorkflowFacts(description=WorkflowDescription(id=name, file=file)) for name in ids)
    return FileFacts(file=file, workflows=workflows, seconds=seconds, peak_bytes=peak)
