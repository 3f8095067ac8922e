import trees
from hypothesis import given

from airside.release.plan import Plan, diff
from airside.release.record import Workflow
from airside.release.source import SourceFile
from airside.release.tree import Tree


def workflows(tree: Tree) -> list[Workflow]:
    return [Workflow(file.path.rpartition("/")[2], file.path) for file in tree.files]


def plan(before: Tree | None, after: Tree) -> Plan:
    return diff(before, after, workflows(before) if before else (), workflows(after))


def apply(plan: Plan, tree: Tree | None) -> Tree:
    gone = {file.path for file in (*plan.removed, *plan.changed)}
    kept = [file for file in tree.files if file.path not in gone] if tree else []
    return Tree.of([*kept, *plan.added, *plan.changed])


@given(trees.sources, trees.sources)
def test_a_plan_applied_to_what_is_gives_what_shall_be(one: list[SourceFile], other: list[SourceFile]) -> None:
    before, after = Tree.of_sources(one), Tree.of_sources(other)
    assert apply(plan(before, after), before) == after


@given(trees.sources, trees.sources)
def test_a_plan_is_empty_exactly_between_equal_trees(one: list[SourceFile], other: list[SourceFile]) -> None:
    before, after = Tree.of_sources(one), Tree.of_sources(other)
    assert plan(before, after).is_empty is (before == after)


@given(trees.sources)
def test_the_first_plan_adds_everything(files: list[SourceFile]) -> None:
    tree = Tree.of_sources(files)
    assert plan(None, tree).added == tree.files
    assert apply(plan(None, tree), None) == tree


def test_a_changed_mode_is_a_change() -> None:
    before = Tree.of_sources([SourceFile("lib/run.sh", b"")])
    after = Tree.of_sources([SourceFile("lib/run.sh", b"", executable=True)])
    assert diff(before, after, (), ()) == Plan(changed=after.files, changed_from=before.files)


def test_workflows_come_change_move_and_go_in_the_order_of_their_ids() -> None:
    before = Tree.of_sources([SourceFile(f"dags/{name}.py", b"1") for name in "abcd"])
    after = Tree.of_sources(
        [
            SourceFile("dags/a.py", b"2"),
            SourceFile("dags/b.py", b"1"),
            SourceFile("dags/c2.py", b"1"),
            SourceFile("dags/e.py", b"1"),
        ]
    )
    had = [Workflow(name, f"dags/{name}.py") for name in "dcba"]
    gets = [
        Workflow("e", "dags/e.py"),
        Workflow("c", "dags/c2.py"),
        Workflow("b", "dags/b.py"),
        Workflow("a", "dags/a.py"),
    ]
    found = diff(before, after, had, gets)
    assert found.workflows_added == (Workflow("e", "dags/e.py"),)
    assert found.workflows_changed == (Workflow("a", "dags/a.py"), Workflow("c", "dags/c2.py"))
    assert found.workflows_removed == (Workflow("d", "dags/d.py"),)
    assert not found.is_empty
