def test_each_file_is_a_task_of_its_own_and_their_rows_are_added_up(dag_run):
    run = dag_run("dynamic_mapping")
    run.assert_success()
    assert run["list_files"].output == ["berlin.csv", "paris.csv", "rome.csv"]
    assert len(run["count"]) == 3
    assert run["count"].output == [5, 3, 4]
    assert run["total"].output == 12


def test_a_day_without_files_has_no_total(dag_run):
    run = dag_run("dynamic_mapping", stub={"list_files": []})
    assert run["count"].state == "skipped"
    assert run["total"].state == "skipped"


def test_one_file_that_cannot_be_read_fails_the_total(dag_run):
    run = dag_run("dynamic_mapping", stub={"list_files": ["paris.csv", "oslo.csv"]})
    assert run.states["count[0]"] == "success"
    run.assert_failed("count", match="oslo")
    assert run["total"].state == "upstream_failed"
