from dags.max_active_tasks import workflow


def test_the_squares_are_added_up(dag_run):
    run = dag_run("max_active_tasks")
    assert run["work"].output == [1, 4, 9, 16, 25, 36]
    assert run["total"].output == 91


def test_two_tasks_are_the_limit():
    assert workflow.max_active_tasks == 2
