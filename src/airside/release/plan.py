"""What a move would change: the difference of two trees and of the workflows in them."""

from collections.abc import Iterable
from dataclasses import dataclass

from airside.release.record import Workflow
from airside.release.tree import File, Tree


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between what an environment serves and what it would serve.

    Attributes:
        added: Files that come, by path.
        changed: Files that stay with another content or executable bit, as they will be.
        removed: Files that go, as they are.
        changed_from: The changed files as they are.
        workflows_added: Workflows that come, by id.
        workflows_changed: Workflows that stay and whose file changes or is another one, as they will be.
        workflows_removed: Workflows that go, as they are.
    """

    added: tuple[File, ...] = ()
    changed: tuple[File, ...] = ()
    removed: tuple[File, ...] = ()
    changed_from: tuple[File, ...] = ()
    workflows_added: tuple[Workflow, ...] = ()
    workflows_changed: tuple[Workflow, ...] = ()
    workflows_removed: tuple[Workflow, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return self == Plan()


def diff(
    before: Tree | None,
    after: Tree,
    workflows_before: Iterable[Workflow],
    workflows_after: Iterable[Workflow],
) -> Plan:
    """Return the plan from the tree `before`, None where nothing is served yet, to the tree `after`."""
    old = {file.path: file for file in before.files} if before else {}
    new = {file.path: file for file in after.files}
    had = {workflow.id: workflow for workflow in workflows_before}
    gets = {workflow.id: workflow for workflow in sorted(workflows_after, key=lambda workflow: workflow.id)}
    changed = {path for path, file in new.items() if path in old and old[path] != file}
    return Plan(
        added=tuple(file for path, file in new.items() if path not in old),
        changed=tuple(new[path] for path in sorted(changed)),
        removed=tuple(file for path, file in old.items() if path not in new),
        changed_from=tuple(old[path] for path in sorted(changed)),
        workflows_added=tuple(workflow for id_, workflow in gets.items() if id_ not in had),
        workflows_changed=tuple(
            workflow
            for id_, workflow in gets.items()
            if id_ in had and (had[id_].file != workflow.file or workflow.file in changed)
        ),
        workflows_removed=tuple(had[id_] for id_ in sorted(had.keys() - gets.keys())),
    )
