from dags.assets import ORDERS, consumer


def test_one_workflow_says_which_data_it_has_made(dag_run):
    run = dag_run("assets_orders")
    assert run["store"].output == 42
    assert [event.name for event in run.asset_events] == ["example_orders"]


def test_the_other_one_is_started_by_it_and_works_on_it(dag_run):
    assert list(consumer.timetable.asset_condition.objects) == [ORDERS]
    run = dag_run("assets_report", logical_date=None, asset_events={"example_orders": [{}]})
    assert run["report"].output == "reported on the orders"
