def test_it_fails_unless_it_is_told_not_to(dag_run):
    dag_run("alert_on_failure").assert_failed("fragile", match="disk of the partner")


def test_otherwise_all_is_well(dag_run):
    run = dag_run("alert_on_failure", conf={"fail": False})
    run.assert_success()
    assert run["fragile"].output == "all is well"
