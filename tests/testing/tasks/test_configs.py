from pathlib import Path

from flow_runs import Flow, of

from airside.testing.outcome import Need

READS = """
    from airside import config
    with DAG("flow"):
        @task
        def one():
            found = config.get("sales.orders")
            return {"batch": found.batch, "limit": found.limit, "url": found.url}
        one()
    """


def write(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text)


def test_a_value_of_the_test_comes_before_the_files(flow: Flow, tmp_path: Path) -> None:
    write(tmp_path, "configs/sales/orders.yaml", "batch: 1\nlimit: 5\nurl: http://${.batch}\n")
    write(tmp_path, "configs/environments/dev/sales/orders.yaml", "limit: 6\n")
    write(tmp_path, "airside.toml", '[workspace]\nname = "sales"\n')

    outcome = flow(READS, config={"sales.orders.batch": 2})

    assert of(outcome, "one").output == {"batch": 2, "limit": 6, "url": "http://2"}
    assert outcome.needs == (Need("config", "sales.orders", is_given=True, task_id="one", file="dags/flow.py", line=7),)


def test_the_layers_are_those_of_the_environment_that_the_test_names(flow: Flow, tmp_path: Path) -> None:
    write(tmp_path, "configs/sales/orders.yaml", "batch: 1\nlimit: 5\nurl: ???\n")
    write(tmp_path, "configs/environments/preprod/sales/orders.yaml", "limit: 7\n")
    write(tmp_path, "airside.toml", '[workspace]\nname = "sales"\n')

    outcome = flow(READS, serving="preprod", config={"sales": {"orders": {"url": "given"}}})

    assert of(outcome, "one").output == {"batch": 1, "limit": 7, "url": "given"}


def test_a_config_that_is_nowhere_is_told_with_its_line(flow: Flow) -> None:
    outcome = flow(READS)

    assert of(outcome, "one").state == "failed"
    assert outcome.needs == (
        Need("config", "sales.orders", is_given=False, task_id="one", file="dags/flow.py", line=7),
    )
