PARTNER = {"conn_type": "http", "host": "partner.example.com", "login": "tester", "password": "not-a-secret"}


def test_the_partner_is_called_with_the_credentials_of_this_environment(dag_run):
    run = dag_run("secret_per_environment", connections={"partner_api": PARTNER})
    assert run["call_partner"].output == "tester at partner.example.com"


def test_the_password_is_neither_in_the_result_nor_in_the_log(dag_run):
    task = dag_run("secret_per_environment", connections={"partner_api": PARTNER})["call_partner"]
    assert "not-a-secret" not in task.output
    assert "with the password ***" in task.log


def test_without_credentials_it_fails(dag_run):
    dag_run("secret_per_environment").assert_failed("call_partner", match="partner_api")
