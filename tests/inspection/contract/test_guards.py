"""What code asks about first, or means by a name, decides what it needs."""

import pytest
from inspected import ReadFlow, in_dag, in_task


@pytest.mark.parametrize(
    "code",
    [
        'if "other" in context["dag"].task_ids:\n    ti.xcom_pull(task_ids="other")',
        'if context["dag"].has_task("other"):\n    ti.xcom_pull(task_ids="other")',
        'ti.xcom_pull(task_ids="other") if "other" in context["dag"].task_dict else None',
        '"other" in context["dag"].task_ids and ti.xcom_pull(task_ids="other")',
        '[ti.xcom_pull(task_ids=name) for name in ["other"] if name in context["task"].upstream_task_ids]',
    ],
)
def test_a_task_that_the_code_looks_for_first_may_be_missing(code: str, read_flow: ReadFlow) -> None:
    assert read_flow(in_task(code)).facts.problems == ()


def test_a_task_that_is_pulled_from_in_some_runs_only_is_likely(read_flow: ReadFlow) -> None:
    flow = read_flow(in_task('if ti.try_number > 1:\n    ti.xcom_pull(task_ids="other")'))

    (problem,) = flow.problems("xcom-task")
    assert problem.certainty == "likely"


@pytest.mark.parametrize(
    "code",
    [
        '[ti.xcom_pull(task_ids=f"a_{name}") for name in context["names"]]',
        '{name: ti.xcom_pull(task_ids=f"a_{name}") for name in context["names"]}',
        'list(ti.xcom_pull(task_ids=f"a_{name}") for name, _ in context["names"])',
        'match context["names"]:\n    case [name]:\n        ti.xcom_pull(task_ids=f"a_{name}")',
        'match context["names"]:\n    case {"x": [*name]}:\n        ti.xcom_pull(task_ids=name)',
    ],
)
def test_a_name_of_a_comprehension_or_a_pattern_is_not_that_of_the_module(code: str, read_flow: ReadFlow) -> None:
    flow = read_flow(f'name = "none"\n{in_task(code)}')

    assert flow.facts.problems == ()


def test_a_text_of_a_loop_stands_for_each_of_its_values(read_flow: ReadFlow) -> None:
    flow = read_flow(in_task('for name in ("one", "two"):\n    ti.xcom_pull(task_ids=f"load_{name}")'))

    assert [(problem.message.split("'")[1], problem.certainty) for problem in flow.problems("xcom-task")] == [
        ("load_one", "likely"),
        ("load_two", "likely"),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "import sys\nif sys.version_info < (3, 9):\n    import no_such_module",
        "import sys\nif sys.version_info >= (3, 9):\n    pass\nelse:\n    import no_such_module",
        'import importlib\nimportlib.import_module(".no_such_module", package="lib")',
    ],
)
def test_a_module_that_this_python_does_not_import_is_not_missed(code: str, read_flow: ReadFlow) -> None:
    assert read_flow(in_task(code)).facts.problems == ()


_POOL = """
class Pool:
    def get_connection(self, name):
        return name
"""
_HOOKS = """
class RegionalHook(BaseHook):
    default_conn_name = "regional"

    def __init__(self, regional_conn_id=default_conn_name):
        super().__init__()

class ShopHook(RegionalHook):
    def __init__(self, region):
        super().__init__(f"shop_{region}")

class OpenHook(RegionalHook):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
"""


@pytest.mark.parametrize(
    ("classes", "call", "names"),
    [
        (_POOL, 'Pool().get_connection("primary")', []),
        (_HOOKS, 'ShopHook(region="eu")', []),
        (_HOOKS, "RegionalHook()", ["regional"]),
        (_HOOKS, "OpenHook()", ["regional"]),
        (_HOOKS, 'RegionalHook().get_connection("dwh")', ["dwh", "regional"]),
        ("", "from airflow.providers.standard.hooks.package_index import PackageIndexHook as H\nH('own')", ["own"]),
        ("", "from airflow.providers.standard.hooks.subprocess import SubprocessHook as H\nH()", []),
    ],
)
def test_only_hooks_of_airflow_ask_for_connections(
    classes: str, call: str, names: list[str], read_flow: ReadFlow
) -> None:
    flow = read_flow(classes + in_task(call))

    assert [need.name for need in flow.needs("connection")] == names


def test_an_asset_that_a_watcher_observes_is_written_by_others(read_flow: ReadFlow) -> None:
    flow = read_flow("""
        from airflow.providers.standard.triggers.file import FileDeleteTrigger
        from airflow.sdk import AssetWatcher
        watched = Asset("flag", watchers=[AssetWatcher(name="w", trigger=FileDeleteTrigger(filepath="/x"))])
        with DAG("flow", schedule=watched & Asset("orders")):
            EmptyOperator(task_id="a")
    """)

    assert [(need.name, need.optional) for need in flow.needs("asset")] == [("flag", True), ("orders", False)]


def test_the_assets_that_a_task_writes_through_an_alias_are_those_its_code_names(read_flow: ReadFlow) -> None:
    flow = read_flow(
        in_dag("""
        from airflow.sdk import AssetAlias
        @task(outlets=[AssetAlias("files")])
        def write(*, outlet_events):
            outlet_events[AssetAlias("files")].add(Asset("orders"))
        @task
        def read(*, inlet_events):
            inlet_events[Asset("shops")]
        write() >> read()
        """)
    )

    assert [(need.name, need.optional) for need in flow.needs("asset")] == [("orders", True)]


@pytest.mark.parametrize(
    "code",
    [
        'if "HOST_OF" in os.environ:\n    os.environ["HOST_OF"]',
        'if "HOST_OF" not in os.environ:\n    raise ValueError\nos.environ["HOST_OF"]',
        'os.environ["HOST_OF"] = "x"\nos.environ["HOST_OF"]',
        'os.environ.get("HOST_OF") and os.environ["HOST_OF"]',
    ],
)
def test_an_environment_variable_that_the_code_tests_or_sets_may_be_missing(code: str, read_flow: ReadFlow) -> None:
    flow = read_flow(in_task(f"import os\n{code}"))

    assert {need.optional for need in flow.needs("environment-variable")} == {True}
