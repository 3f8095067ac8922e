"""Check, work, summary: what waits for what, as Airflow's scheduler reads it."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Parse = Callable[[str], dict[str, Any]]

IMPORTS = """
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, TaskGroup, chain, dag, setup, task, task_group, teardown
from airside import checks, workflow

TWO = lambda: [checks.free_space("/", at_least=1), checks.file("/etc/hosts")]
"""
CHECKS = {"checks.free_space", "checks.file_etc_hosts"}


def before(dag: Any) -> dict[str, set[str]]:  # noqa: ANN401 - Airflow's class
    return {task.task_id: set(task.upstream_task_ids) for task in dag.tasks}


def test_every_first_task_waits_for_all_checks_and_the_summary_for_all(parse: Parse) -> None:
    found = parse(f"""{IMPORTS}
with workflow("orders", checks=TWO()) as made:
    one = BashOperator(task_id="one", bash_command="true")
    two = BashOperator(task_id="two", bash_command="true")
    one >> BashOperator(task_id="three", bash_command="true")
""")["orders"]
    assert before(found) == {
        "checks.free_space": set(),
        "checks.file_etc_hosts": set(),
        "one": CHECKS,
        "two": CHECKS,
        "three": {"one"},
        "summary": {"two", "three"},
    }
    assert found.get_task("summary").is_teardown


def test_taskflow_mapped_tasks_groups_setups_and_teardowns_keep_their_order(parse: Parse) -> None:
    found = parse(f"""{IMPORTS}
@workflow(checks=TWO())
def orders(day: str = "today"):
    @setup
    def prepare(): ...
    @teardown
    def clean(): ...
    @task
    def numbers(day): return [1, 2]
    @task
    def copy(number): ...
    @task_group
    def each(number):
        copy.override(task_id="deep")(number)
    prepared = prepare()
    listed = numbers(day)
    cleaned = clean()
    prepared >> listed
    copied = copy.expand(number=listed)
    copied >> cleaned
    prepared >> cleaned
    each.expand(number=[1, 2])
    copy.override(task_id="alone").expand(number=[1, 2])
orders()
""")["orders"]
    assert before(found) == {
        "checks.free_space": set(),
        "checks.file_etc_hosts": set(),
        "prepare": CHECKS,
        "numbers": {"prepare"},
        "copy": {"numbers"},
        "clean": {"copy", "prepare"},
        "each.deep": CHECKS,
        "alone": CHECKS,
        "summary": {"clean", "each.deep", "alone"},
    }
    assert dict(found.params)["day"] == "today"


def test_a_task_that_runs_whatever_happened_does_not_hide_a_failed_check(parse: Parse) -> None:
    found = parse(f"""{IMPORTS}
with workflow("orders", checks=TWO()) as made:
    work = BashOperator(task_id="work", bash_command="true", trigger_rule="one_success")
    work >> BashOperator(task_id="mail", bash_command="true", trigger_rule="all_done")
""")["orders"]
    assert before(found)["checks.passed"] == CHECKS
    assert before(found)["summary"] == {"mail", "checks.passed"}
    assert found.get_task("work").trigger_rule == "all_success"
    assert found.get_task("mail").trigger_rule == "all_done"


def test_checks_have_the_default_args_of_the_workflow_but_their_own_retries(parse: Parse) -> None:
    found = parse(f"""{IMPORTS}
with workflow("orders", owner="ana", retries=5, execution_timeout="5m", checks=[
    checks.file("/a"), checks.file("/b", owner="bo", retries=3)], default_args={{"pool": "disks"}}) as made:
    BashOperator(task_id="work", bash_command="true")
""")["orders"]
    first, second = found.get_task("checks.file_a"), found.get_task("checks.file_b")
    assert (first.owner, first.retries, first.pool, first.execution_timeout.seconds) == ("ana", 1, "disks", 300)
    assert (second.owner, second.retries) == ("bo", 3)


def test_any_operator_is_a_check_and_two_of_one_name_are_told_apart(parse: Parse) -> None:
    found = parse(f"""{IMPORTS}
@task
def source(): ...

with workflow("orders", checks=[
    source(), BashOperator(task_id="ping", bash_command="true"), checks.file("/a"), checks.file("/a")]) as made:
    BashOperator(task_id="work", bash_command="true")
""")["orders"]
    assert found.get_task("checks.ping").retries == 0
    assert before(found)["work"] == {"checks.source", "checks.ping", "checks.file_a", "checks.file_a__1"}


def test_a_check_is_at_home_in_any_dag(parse: Parse) -> None:
    found = parse(f"""{IMPORTS}
with DAG("plain") as plain:
    checks.file("/a", retries=2) >> checks.free_space("/", task_id="room")
""")["plain"]
    assert before(found) == {"file_a": set(), "room": {"file_a"}}
    assert found.get_task("file_a").retries == 2


def test_plain_dags_beside_it_stay_as_they_are(root: Path, parse: Parse) -> None:
    (root / "airside.toml").write_text('[workspace]\nname = "sales"\n[defaults]\nowner = "ana"\nretries = 4\n')
    found = parse(f"""{IMPORTS}
with DAG("plain") as plain:
    BashOperator(task_id="work", bash_command="true")

with workflow("orders") as made:
    BashOperator(task_id="work", bash_command="true")
""")
    assert before(found["plain"]) == {"work": set()}
    assert found["plain"].get_task("work").owner == "airflow"
    assert found["orders"].get_task("work").owner == "ana"


def test_a_workflow_may_be_without_a_summary_and_without_checks(parse: Parse) -> None:
    text = "\n@workflow\ndef bare():\n    BashOperator(task_id='work', bash_command='true')\nbare()\n"
    text += "\nwith workflow('short', summary=False) as made:\n    BashOperator(task_id='work', bash_command='true')\n"
    found = parse(IMPORTS + text)
    assert before(found["bare"]) == {"work": set(), "summary": {"work"}}
    assert before(found["short"]) == {"work": set()}


def test_a_script_knows_its_own_file_too(root: Path) -> None:
    file = root / "flows.py"
    file.write_text(f"{IMPORTS}\nwith workflow('a') as a: ...\n\n@workflow\ndef b(): ...\nmade = b()\n")
    said = runpy.run_path(str(file))
    assert {said["a"].fileloc, said["made"].fileloc} == {str(file)}


def test_the_file_of_a_workflow_is_the_one_it_is_in(root: Path, parse: Parse) -> None:
    found = parse(f"{IMPORTS}\nwith workflow('a') as a: ...\n\n@workflow\ndef b(): ...\nb()\n")
    assert {dag.fileloc for dag in found.values()} == {str(root / "dags" / "flows.py")}


def test_a_workflow_that_fails_fast_has_its_checks_and_its_summary(parse: Parse) -> None:
    text = "with workflow('orders', fail_fast=True, checks=TWO()):\n    BashOperator(task_id='w', bash_command='')\n"
    assert before(parse(f"{IMPORTS}\n{text}")["orders"])["summary"] == {"w"}


def test_a_function_may_make_several_workflows(parse: Parse) -> None:
    found = parse(f"""{IMPORTS}
def make(country):
    with workflow(f"orders_{{country}}", checks=TWO()) as made:
        BashOperator(task_id="work", bash_command="true")
    return made

for country in ("de", "fr"):
    make(country)
""")
    assert sorted(found) == ["orders_de", "orders_fr"]
    assert before(found["orders_fr"])["work"] == CHECKS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("with workflow() as made: ...", "a workflow has no id"),
        ("with workflow() as made: ...", r"write: with workflow\("),
        ("with workflow('a', checks=['x']) as made: ...", "'x' among the checks of 'a' is no operator"),
        (
            "with workflow('a', checks=[checks.connection]) as made: ...",
            r"connection \(a function\) among the checks of 'a' is no operator; write for instance checks=\[",
        ),
        ("with workflow('a', checks=checks.file('/a')) as made: ...", "`checks` of a workflow has to be a list"),
        ("with workflow('a', checks='ab') as made: ...", "`checks` of a workflow has to be a list"),
        ("with workflow(5) as made: ...", "the id of a workflow has to be a text, and 5 is none"),
        (
            "both = checks.file('/a')\nfor name in 'ab':\n    with workflow(name, checks=[both]) as made: ...",
            "The check 'checks.file_a' of 'b' is in the workflow 'a' already",
        ),
    ],
)
def test_what_cannot_be_is_said(parse: Parse, text: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        parse(f"{IMPORTS}\n{text}\n")


def test_an_error_in_the_body_is_that_error(parse: Parse) -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        parse(f"{IMPORTS}\nwith workflow('a', checks=TWO()) as made:\n    1 / 0\n")
