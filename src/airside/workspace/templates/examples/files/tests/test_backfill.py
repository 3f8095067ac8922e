def test_a_day_can_be_loaded_again(dag_run):
    for _ in range(2):
        assert dag_run("backfill", logical_date="2026-01-05")["load"].output == "loaded 2026-01-05"


def test_no_day_is_made_up_for_unasked():
    from dags.backfill import workflow

    assert workflow.catchup is False
