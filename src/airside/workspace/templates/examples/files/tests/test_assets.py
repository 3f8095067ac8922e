from dags.assets import ORDERS, consumer, producer, report, store


def test_one_workflow_makes_what_the_other_one_works_on():
    assert producer.get_task("store").outlets == [ORDERS]
    assert list(consumer.timetable.asset_condition.objects) == [ORDERS]


def test_the_tasks_do_their_work():
    assert store.function() == 42
    assert report.function() == "reported on the orders"
