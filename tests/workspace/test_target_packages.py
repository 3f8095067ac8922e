"""What executors and targets need is known without a file of anybody's."""

import pytest

from airside.workspace.settings import Settings
from airside.workspace.targets.packages import packages_of_target, target_packages, wanted_packages

CELERY = {"apache-airflow-providers-celery", "celery<5.7"}
KUBERNETES = {"apache-airflow-providers-cncf-kubernetes"}


@pytest.mark.parametrize(
    ("target", "executor", "wanted"),
    [
        ("compose", "LocalExecutor", set()),
        ("compose", "CeleryExecutor", CELERY),
        ("helm", "KubernetesExecutor", KUBERNETES | {"apache-airflow-providers-fab", "statsd"}),
        ("helm", "CeleryExecutor,KubernetesExecutor", CELERY | KUBERNETES | {"apache-airflow-providers-fab", "statsd"}),
        ("celery", "", CELERY),
        ("clevercloud", "", set()),
        ("compose", "airflow.providers.celery.executors.celery_executor.CeleryExecutor", CELERY),
    ],
)
def test_an_executor_brings_its_provider(target: str, executor: str, wanted: set[str]) -> None:
    assert set(target_packages(target, executor)) == wanted


def test_a_table_that_nobody_has_written_wants_nothing_in_an_environment_either() -> None:
    found = Settings.model_validate({"workspace": {"name": "x"}, "environments": {"production": {}}})
    assert wanted_packages(found) == ()
    assert wanted_packages(found.for_environments(["production"])) == ()


def test_a_target_needs_its_packages_though_nobody_has_written_its_table() -> None:
    found = Settings.model_validate({"workspace": {"name": "x"}, "logs": {"url": "s3://bucket/logs"}})
    assert set(packages_of_target(found, "celery")) == CELERY | {"apache-airflow-providers-amazon"}
    assert packages_of_target(found, "ci") == ()
    assert packages_of_target(found, "nonsense") == ()
