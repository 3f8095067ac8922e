from dags.max_active_tasks import PARTS, total, work, workflow


def test_the_squares_are_added_up():
    assert total.function([work.function(part, seconds=0) for part in PARTS]) == 91


def test_two_tasks_are_the_limit():
    assert workflow.max_active_tasks == 2
    assert workflow.get_task("total").upstream_task_ids == {"work"}
