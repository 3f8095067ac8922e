import pytest

from dags.config_per_environment import greet


@pytest.mark.parametrize(
    ("environment", "greeting"), [("dev", "hello"), ("preprod", "good day"), ("production", "good morning")]
)
def test_each_environment_greets_in_its_own_way(monkeypatch, environment, greeting):
    monkeypatch.setenv("AIRSIDE_ENVIRONMENT", environment)
    assert greet.function() == [f"{greeting}, Ada", f"{greeting}, Grace"]
