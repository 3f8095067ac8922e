"""Scripted workflows at random: groups, mapping, branches, setups and teardowns."""

from random import Random

from scripted_workflows import GroupSpec, Over, TaskSpec, WorkflowSpec

_RULES = [
    "all_success",
    "all_failed",
    "all_done",
    "all_done_min_one_success",
    "one_success",
    "one_failed",
    "one_done",
    "none_failed",
    "none_skipped",
    "none_failed_min_one_success",
    "all_skipped",
    "always",
]
_ENDS = [["success"]] * 3 + [["failed"], ["skipped"], ["up_for_retry", "success"], ["up_for_retry", "failed"]]


def workflow_at_random(chance: Random) -> WorkflowSpec:
    """Make one that Airflow takes, of up to seven tasks."""
    ids = list("abcdefg"[: chance.randint(1, 7)])
    chance.shuffle(ids)
    spec = WorkflowSpec(tasks=[], groups=_groups(chance))
    for place, task_id in enumerate(ids):
        task = TaskSpec(
            id=task_id,
            upstream=[other for other in ids[:place] if chance.random() < 0.4],
            rule=chance.choice(_RULES) if chance.random() < 0.6 else "all_success",
            weight=chance.randint(1, 3),
            ends=[chance.choice(_ENDS) for _ in range(chance.randint(1, 3))],
            length=chance.randint(0, 3) if chance.random() < 0.5 else None,
        )
        _place(task, spec, chance)
        _make_special(task, ids[place + 1 :], chance)
        _make_valid(task, spec)
        spec.tasks.append(task)
    return spec


def _groups(chance: Random) -> list[GroupSpec]:
    nested = "outer" if chance.random() < 0.5 else None
    return [GroupSpec(id="outer"), GroupSpec(id="inner", parent=nested)][: chance.randint(0, 2)]


def _around(group_id: str | None, spec: WorkflowSpec) -> list[GroupSpec]:
    found = [group for group in spec.groups if group.id == group_id]
    return found + _around(found[0].parent, spec) if found else []


def _place(task: TaskSpec, spec: WorkflowSpec, chance: Random) -> None:
    if spec.groups and chance.random() < 0.5:
        task.group = chance.choice(spec.groups).id
    around = _around(task.group, spec)
    inhabited = {group.id for other in spec.tasks for group in _around(other.group, spec)}
    for group in around:
        # What a group is expanded over comes before its first task.
        if group.id not in inhabited and chance.random() < 0.7:
            group.over = _over(spec, chance)
    if not any(group.over is not None for group in around) and chance.random() < 0.4:
        task.over = _over(spec, chance)


def _over(spec: WorkflowSpec, chance: Random) -> Over:
    known = [
        task.id
        for task in spec.tasks
        if task.over is not None or (task.length is not None and task.group is None and task.kind == "work")
    ]
    kind = chance.choice(["literal", "task", "map", "zip", "fill", "concat"])
    if kind == "literal" or not known:
        return chance.randint(0, 3)
    return [kind, chance.choice(known), *([chance.choice(known)] if kind in {"zip", "fill", "concat"} else [])]


def _make_special(task: TaskSpec, later: list[str], chance: Random) -> None:
    match chance.choice(["work", "work", "work", "branch", "setup", "teardown"]):
        case "branch":
            task.kind, task.length = "branch", None
            task.follows = [other for other in later if chance.random() < 0.5]
        case "setup":
            task.kind = "setup"
        case "teardown":
            task.kind, task.rule = "teardown", "all_done_setup_success"
            task.fails_the_run = chance.random() < 0.3


def _make_valid(task: TaskSpec, spec: WorkflowSpec) -> None:
    if task.rule == "always" and any(group.over is not None for group in _around(task.group, spec)):
        task.rule = "all_done"
    if task.kind != "teardown" and any(above.kind == "setup" and above.id in task.upstream for above in spec.tasks):
        task.rule = "all_success"
