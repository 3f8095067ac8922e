import pytest


@pytest.fixture
def orders(tmp_path):
    """Where the orders would be; there are none yet."""
    return tmp_path / "orders.csv"


@pytest.fixture
def run(dag_run, orders):
    return lambda: dag_run("check_work_summary", config={"check_work_summary.orders": str(orders)})


def test_the_orders_are_counted_and_the_summary_says_how_many(run, orders):
    orders.write_text("coffee;2\ntea;1\ncake;4\n")
    done = run()
    done.assert_success()
    assert done["work"].output == 3
    assert "rows 3\n" in done["summary"].log
    assert f"{orders}" in done["checks.orders_are_there"].log
    assert "/tmp" in done["checks.there_is_space"].log


@pytest.mark.parametrize(("text", "said"), [(None, "does not exist"), ("", "0 bytes")])
def test_without_orders_no_work_is_done_and_the_summary_is_written(run, orders, text, said):
    if text is not None:
        orders.write_text(text)
    done = run()
    done.assert_failed("checks.orders_are_there", match=said)
    assert done["work"].state == "upstream_failed"
    assert done["summary"].state == "success"
