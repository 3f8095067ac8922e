import runpy
from pathlib import Path

import pytest

DAG_FILE = Path(__file__).parent.parent / "dags" / "pod.py"


@pytest.fixture
def run_of(monkeypatch):
    """Return the task `run` as an environment has it: the file asks for its config while it is imported."""

    def build(environment):
        monkeypatch.setenv("AIRSIDE_ENVIRONMENT", environment)
        return runpy.run_path(str(DAG_FILE))["workflow"].get_task("run")

    return build


def test_where_there_is_no_kubernetes_the_command_is_a_process(dag_run):
    run = dag_run("pod")
    run.assert_success()
    assert run["run"].log.startswith("hello from the example\n")


def test_in_production_it_is_a_pod_with_an_image_and_limits(run_of):
    run = run_of("production")
    assert run.task_type == "KubernetesPodOperator"
    assert run.image == "python:3.12-slim"
    assert [*run.cmds, *run.arguments][:2] == ["python", "-c"]
    assert run.container_resources.limits == {"cpu": "500m", "memory": "128Mi"}


def test_in_production_secrets_are_named_and_their_values_are_nowhere(run_of):
    run = run_of("production")
    assert [(each.deploy_target, each.secret, each.key) for each in run.secrets] == [("API_TOKEN", "example", "api-token")]
    assert [each.name for each in run.image_pull_secrets] == ["registry"]
