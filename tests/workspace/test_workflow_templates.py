import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from airside.base.errors import AirsideError, RefusedError, UsageError, WorkspaceError
from airside.workspace.new_workflow import NewWorkflow, WorkflowRequest, plan_workflow, write_workflow
from airside.workspace.requirement_lines import lacking, with_lines
from airside.workspace.schedules import read_schedule
from airside.workspace.templating import make_workspace
from airside.workspace.workflow_names import read_team, require_workflow_name
from airside.workspace.workflow_templates import find_template, find_templates
from airside.workspace.workspace import Workspace, open_workspace

BUILT_IN = ["etl", "notebook", "pod", "sensor", "sql"]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_workspace(tmp_path / "new", template="default", name="sales-flows", version="0.1.0", python="3.11")
    return open_workspace(tmp_path / "new")


@pytest.fixture
def add(workspace: Workspace) -> Callable[..., NewWorkflow]:
    """Add a workflow of a template to the workspace."""

    def call(template: str, request: WorkflowRequest) -> NewWorkflow:
        planned = plan_workflow(workspace, find_template(workspace.root, template), request)
        write_workflow(workspace, planned)
        return planned

    return call


def own_template(root: Path, name: str, main: str, files: dict[str, str] | None = None) -> None:
    folder = root / "templates" / name
    for path, text in ({"copier.yml": main} | (files or {})).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def all_files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def run_tests(root: Path, name: str) -> str:
    """Run the tests of a workflow as `airside test` does; returns what is wrong."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251
    variables |= {"AIRFLOW_HOME": str(root.parent / "airflow"), "_AIRFLOW__AS_LIBRARY": "1"}
    options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    places = (f"tests/test_{name}.py", f"tests/functional/{name}.yaml")
    tests = [place for place in places if (root / place).exists()]
    command = [sys.executable, "-m", "pytest", *options, "--require-verified", *tests]
    done = subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("template", BUILT_IN)
@pytest.mark.slow
def test_the_tests_of_a_new_workflow_pass_and_verify_every_task(
    workspace: Workspace, add: Callable[..., NewWorkflow], template: str
) -> None:
    add(template, WorkflowRequest("orders", team="sales", schedule="30 6 * * *"))
    assert run_tests(workspace.root, "orders") == ""


@pytest.mark.slow
def test_a_pod_has_its_secrets_by_name_and_its_tests_still_pass(
    workspace: Workspace, add: Callable[..., NewWorkflow]
) -> None:
    add("pod", WorkflowRequest("orders"))
    config = workspace.root / "configs" / "orders.yaml"
    text = config.read_text().replace("from_secrets: {}\n#  ", "from_secrets:\n  ")
    config.write_text(text.replace("pull_secrets: []", "pull_secrets: [registry]"))
    assert "  DATABASE_URL: { name: orders, key: database-url }" in config.read_text()
    assert run_tests(workspace.root, "orders") == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "file", "good", "bad"),
    [
        ("etl", "dags/orders.py", "path.write_bytes(data)", "path.open('ab').write(data)"),
        ("notebook", "dags/orders.ipynb", "assert amounts", "assert True"),
        ("pod", "dags/orders.py", "image=SETTINGS.image", 'image="another"'),
        ("sensor", "dags/orders.py", "is_done=path.exists()", "is_done=True"),
        ("sql", "dags/orders.sql", "delete from", "select 1 from"),
    ],
)
def test_the_tests_of_a_new_workflow_notice_what_breaks_it(
    workspace: Workspace, add: Callable[..., NewWorkflow], template: str, file: str, good: str, bad: str
) -> None:
    add(template, WorkflowRequest("orders"))
    path = workspace.root / file
    assert good in path.read_text()
    path.write_text(path.read_text().replace(good, bad))
    assert "failed" in run_tests(workspace.root, "orders")


@pytest.mark.parametrize("template", BUILT_IN)
@pytest.mark.parametrize("team", [None, "sales"])
@pytest.mark.parametrize("schedule", [None, "@daily"])
def test_every_file_of_a_template_is_named_after_the_workflow_and_complete(
    add: Callable[..., NewWorkflow], template: str, team: str | None, schedule: str | None
) -> None:
    planned = add(template, WorkflowRequest("daily_orders", team=team, schedule=schedule))
    files = {file.path: file.data.decode() for file in planned.files}
    assert {"configs/daily_orders.yaml", "dags/daily_orders.py", "docs/runbooks/daily_orders.md"} <= set(files)
    assert len({"tests/test_daily_orders.py", "tests/functional/daily_orders.yaml"} & set(files)) == 1
    code = files["dags/daily_orders.py"]
    compile(code, "daily_orders.py", "exec")
    assert f"    schedule={json.dumps(schedule) if schedule else None},\n" in code
    assert ('    team="sales",\n' in code) is (team is not None)
    for path, text in files.items():
        assert "daily_orders" in text or path.endswith((".sql", ".ipynb"))
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert path.endswith(".sql") or "{%" not in text


def test_a_config_ships_where_the_workspace_did_not_say_so(
    workspace: Workspace, add: Callable[..., NewWorkflow]
) -> None:
    settings = workspace.root / "airside.toml"
    before = settings.read_text()
    settings.write_text(before.replace('include = ["lib", "configs"]', 'include = ["lib"]'))
    planned = plan_workflow(
        open_workspace(workspace.root), find_template(workspace.root, "etl"), WorkflowRequest("orders")
    )
    assert planned.included == ("configs",)
    write_workflow(open_workspace(workspace.root), planned)
    assert settings.read_text() == before
    assert add("etl", WorkflowRequest("returns")).included == ()


def test_the_folder_of_the_dags_is_the_one_of_the_workspace(workspace: Workspace) -> None:
    (workspace.root / "dags").rename(workspace.root / "flows")
    settings = workspace.root / "airside.toml"
    settings.write_text(settings.read_text().replace('dags = "dags"', 'dags = "flows"'))
    planned = plan_workflow(
        open_workspace(workspace.root), find_template(workspace.root, "sql"), WorkflowRequest("orders")
    )
    assert {"flows/orders.py", "flows/orders.sql"} <= {file.path for file in planned.files}


def test_what_is_there_is_named_and_nothing_is_written(workspace: Workspace, add: Callable[..., NewWorkflow]) -> None:
    (workspace.root / "configs" / "orders.yml").write_text("mine: 1\n")
    (workspace.root / "dags" / "orders.py").symlink_to("nowhere.py")
    (workspace.root / "docs").write_text("a file")
    before = all_files(workspace.root)
    with pytest.raises(RefusedError, match=r"would overwrite configs/orders\.yml, dags/orders\.py, docs$"):
        add("sql", WorkflowRequest("orders"))
    assert all_files(workspace.root) == before


def test_what_appears_while_it_is_written_is_kept_and_the_rest_taken_back(workspace: Workspace) -> None:
    planned = plan_workflow(workspace, find_template(workspace.root, "etl"), WorkflowRequest("orders"))
    test = workspace.root / "tests" / "test_orders.py"
    test.write_text("mine")
    before = all_files(workspace.root)
    with pytest.raises(RefusedError, match=r"test_orders\.py cannot be written"):
        write_workflow(workspace, planned)
    assert all_files(workspace.root) == before


def test_a_template_of_the_workspace_comes_before_a_built_in_one(
    workspace: Workspace, add: Callable[..., NewWorkflow]
) -> None:
    own_template(
        workspace.root,
        "etl",
        '_subdirectory: files\nsummary: Ours.\nrequirements: ["polars>=1"]\nname:\n  type: str\n'
        "region:\n  type: str\n  default: eu\nsize:\n  type: int\n  default: 1\nhidden:\n  when: false\n  default: 1\n",
        {"files/{{ dags }}/{{ name }}.py.jinja": "# {{ name }} of {{ team }} in {{ region }}: {{ schedule }}\n"},
    )
    (workspace.root / "templates" / "mails").mkdir()
    found = find_templates(workspace.root)
    assert sorted(found) == BUILT_IN
    assert (found["etl"].summary, found["etl"].is_own, found["etl"].questions) == ("Ours.", True, ("region", "size"))
    assert not found["sql"].is_own
    planned = add("etl", WorkflowRequest("orders", team="sales", answers={"region": "us"}))
    assert (workspace.root / "dags" / "orders.py").read_text() == "# orders of sales in us: @daily\n"
    assert planned.packages == ("polars>=1",)
    with pytest.raises(WorkspaceError, match="template etl cannot be used"):
        add("etl", WorkflowRequest("shoes", answers={"size": "big"}))
    add("etl", WorkflowRequest("returns", schedule=None))
    assert (workspace.root / "dags" / "returns.py").read_text() == "# returns of  in eu: \n"


@pytest.mark.parametrize(
    ("main", "text", "said"),
    [
        ("- x\n", "x", "is no mapping"),
        ("a: [\n", "x", "is no YAML, line 2"),
        ("requirements: polars\n", "x", "no list of texts"),
        ("_tasks: [touch ran]\n", "x", "template broken cannot be used"),
        ("region:\n  type: str\n", "x", "region"),
        pytest.param(
            "summary: x\n",
            "{% if %}",
            r"template broken cannot be used: x\.txt\.jinja, line 1: Expected an expression",
            # Copier leaves a folder open.
            marks=pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
        ),
    ],
)
def test_a_template_that_does_not_hold_is_named(
    workspace: Workspace, add: Callable[..., NewWorkflow], main: str, text: str, said: str
) -> None:
    own_template(workspace.root, "broken", main, {"x.txt.jinja": text})
    before = all_files(workspace.root)
    with pytest.raises(WorkspaceError, match=said):
        add("broken", WorkflowRequest("orders"))
    assert all_files(workspace.root) == before


def test_a_broken_template_is_in_nobody_elses_way(workspace: Workspace, add: Callable[..., NewWorkflow]) -> None:
    own_template(workspace.root, "broken", "a: [\n")
    add("etl", WorkflowRequest("orders"))
    with pytest.raises(WorkspaceError, match=r"broken/copier\.yml is no YAML"):
        find_templates(workspace.root)


def test_a_template_that_makes_nothing_is_refused(workspace: Workspace, add: Callable[..., NewWorkflow]) -> None:
    own_template(workspace.root, "empty", "summary: x\n")
    with pytest.raises(WorkspaceError, match="it makes no files"):
        add("empty", WorkflowRequest("orders"))


def test_an_unknown_template_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"known: etl, .*; did you mean 'notebook'\?") as refused:
        find_template(tmp_path, "notbook")
    assert "airside new --list" in (refused.value.hint or "")


def test_packages_are_added_at_the_end_and_nothing_else_is_touched(
    workspace: Workspace, add: Callable[..., NewWorkflow]
) -> None:
    requirements = workspace.root / "requirements.txt"
    mine = "# mine\nzebra\nApache_Airflow.providers-common_SQL>=1  # why\n-r more.txt\npytest == 8.3 \\"
    requirements.write_text(mine)
    planned = add("sql", WorkflowRequest("orders"))
    assert planned.packages == ("apache-airflow-providers-postgres", "psycopg[binary]")
    assert requirements.read_text() == f"{mine}\napache-airflow-providers-postgres\npsycopg[binary]\n"
    requirements.unlink()
    assert add("etl", WorkflowRequest("returns")).packages == ("pytest",)
    assert requirements.read_text() == "pytest\n"


def test_a_package_is_wanted_once_and_an_option_names_none() -> None:
    assert lacking("--hash=sha256:ab\n# polars\n\npolars[gpu] ; python_version > '3'\n", ["polars", "x", "X"]) == ("x",)
    assert with_lines("a", []) == "a"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("DailyOrders", "daily_orders"),
        ("daily-orders", "daily_orders"),
        ("sales.daily orders", "sales_daily_orders"),
        ("2nd", "workflow_2nd"),
        ("é", "daily_orders"),
        ("", "daily_orders"),
        ("x" * 81, "x" * 80),
        ("import", "import_orders"),
        ("print", "print_orders"),
        ("report", "report_orders"),
        ("../x", "x"),
        ("local", "local_orders"),
        ("environments", "environments_orders"),
        ("json", "json_orders"),
        ("calendar", "calendar_orders"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused_with_one_that_can(workspace: Workspace, name: str, hint: str) -> None:
    with pytest.raises(UsageError, match="cannot name a workflow") as refused:
        require_workflow_name(name, workspace.settings.policy)
    assert (refused.value.hint or "").endswith(f" {hint}.".replace("Such as ", ""))


@pytest.mark.parametrize("team", ['a"b', "a'b", "a\nb", "a\\b", "{{ 1 }}", "x" * 81])
def test_what_cannot_stand_between_quotes_names_no_team(team: str) -> None:
    with pytest.raises(UsageError, match="cannot name a team"):
        read_team(team)


def test_a_team_has_any_letters() -> None:
    assert [read_team(team) for team in (" Vertrieb & Märkte ", "")] == ["Vertrieb & Märkte", ""]


def test_the_policy_of_the_workspace_has_its_say_about_names(workspace: Workspace) -> None:
    settings = workspace.root / "airside.toml"
    settings.write_text(settings.read_text() + '[policy]\nworkflow-id = { pattern = "^sales_" }\n')
    policy = open_workspace(workspace.root).settings.policy
    require_workflow_name("sales_orders", policy)
    with pytest.raises(UsageError, match=r"asks of the ids of workflows: \^sales_"):
        require_workflow_name("orders", policy)


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("@daily", "@daily"),
        ("none", None),
        ("", None),
        ("  30  6 * * mon-fri ", "30 6 * * mon-fri"),
        ("*/15 0-6,22-23/2 1,15 JAN-mar 7", "*/15 0-6,22-23/2 1,15 JAN-mar 7"),
        ("05 06 L * fri#2", "05 06 L * fri#2"),
    ],
)
def test_a_schedule_is_a_preset_a_cron_expression_or_none(text: str, schedule: str | None) -> None:
    assert read_schedule(text) == schedule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("daily", "did you mean '@daily'"),
        ("@dayly", "did you mean '@daily'"),
        ("60 * * * *", r"'60' is no minute \(0-59\)"),
        ("0 24 * * *", r"'24' is no hour \(0-23\)"),
        ("0 0 0 * *", "'0' is no day of the month"),
        ("0 0 * 13 *", r"'13' is no month \(1-12, jan-dec\)"),
        ("0 0 * * mo", r"'mo' is no day of the week \(0-7, sun-sat\)"),
        ("*/0 * * * *", "is no minute"),
        ("0 6 * *", "it has 4 fields"),
        ("1h", "it has 1 field, and"),
        ('0 6 * * *"', "is no day of the week"),
    ],
)
def test_what_is_no_schedule_is_refused_with_the_field_that_is_wrong(text: str, said: str) -> None:
    with pytest.raises(AirsideError, match=said) as refused:
        read_schedule(text)
    assert refused.value.exit_code == 2
