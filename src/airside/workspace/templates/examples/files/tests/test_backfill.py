from dags.backfill import load, workflow


def test_a_day_can_be_loaded_again():
    assert load.function("2026-01-01") == load.function("2026-01-01") == "loaded 2026-01-01"


def test_no_day_is_made_up_for_unasked():
    assert workflow.catchup is False
