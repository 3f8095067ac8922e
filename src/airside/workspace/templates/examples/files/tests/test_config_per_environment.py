import pytest

from dags.config_per_environment import greet


@pytest.mark.parametrize(("environment", "greeting"), [("dev", "hello"), ("preprod", "good day")])
def test_each_environment_greets_in_its_own_way(dag_run, environment, greeting):
    run = dag_run("config_per_environment", serving=environment)
    assert run["greet"].output == [f"{greeting}, Ada", f"{greeting}, Grace"]


def test_production_is_polite(monkeypatch):
    # No test runs a workflow as production; its function can be called.
    monkeypatch.setenv("AIRSIDE_ENVIRONMENT", "production")
    assert greet.function() == ["good morning, Ada", "good morning, Grace"]
