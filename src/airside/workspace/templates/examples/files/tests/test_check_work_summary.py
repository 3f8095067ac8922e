import pytest

from airside import config
from airside.base.errors import CheckFailedError
from dags.check_work_summary import dag


@pytest.fixture
def orders(tmp_path, monkeypatch):
    """Where the orders would be; there are none yet."""
    path = tmp_path / "orders.csv"
    monkeypatch.setattr(config, "get", {"check_work_summary.orders": str(path)}.get)
    monkeypatch.setattr(dag.get_task("checks.orders_are_there"), "path", str(path))
    return path


def test_the_check_fails_until_there_are_orders(orders):
    check = dag.get_task("checks.orders_are_there")
    with pytest.raises(CheckFailedError, match="does not exist"):
        check.execute({})
    orders.write_text("")
    with pytest.raises(CheckFailedError, match="0 bytes"):
        check.execute({})
    orders.write_text("coffee;2\n")
    check.execute({})


def test_the_orders_are_counted(orders):
    orders.write_text("coffee;2\ntea;1\ncake;4\n")
    assert dag.get_task("work").python_callable() == 3


def test_the_work_begins_after_the_checks_and_the_summary_is_last():
    assert dag.get_task("work").upstream_task_ids == {"checks.orders_are_there", "checks.there_is_space"}
    assert dag.get_task("summary").is_teardown
    assert dag.get_task("summary").downstream_task_ids == set()
