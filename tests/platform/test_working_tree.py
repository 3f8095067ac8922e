"""A real Airflow that serves the working tree."""

import secrets
from collections.abc import Callable

import pytest
from airflow_place import Place, until

pytestmark = [pytest.mark.platform, pytest.mark.slow(together=True)]
MOST_SECONDS = 10.0
"""Of a change until it is live; about two on a machine that does nothing else."""

DAG = """\
from airflow.sdk import dag, task
from lib.shared import NAME

@dag(dag_id={name!r} + NAME, schedule=None)
def flow():
    @task
    def one() -> int:
        return 1
    one()

flow()
"""


def ids(place: Place) -> set[str]:
    return {workflow.id for workflow in place.client().workflows("dev")}


def live_within(change: str, condition: Callable[[], object]) -> None:
    seconds = until(condition, seconds=MOST_SECONDS)
    print(f"{change} is live after {seconds:.1f} s")  # noqa: T201


def test_every_kind_of_change_is_live_in_seconds(live: Place) -> None:
    name = f"flow_{secrets.token_hex(4)}"
    live.write("lib/shared.py", "NAME = ''\n")
    live.write(f"dags/{name}.py", DAG.format(name=name))
    live_within("a new file", lambda: name in ids(live))
    live.write(f"dags/{name}.py", DAG.format(name=f"{name}_saved"))
    live_within("a saved file", lambda: f"{name}_saved" in ids(live))
    live.write("lib/shared.py", "NAME = '_shared'\n")
    live_within("a changed module", lambda: f"{name}_saved_shared" in ids(live))
    (live.root / f"dags/{name}.py").unlink()
    live_within("a deleted file", lambda: not any(each.startswith(name) for each in ids(live)))


def test_a_file_that_does_not_import_is_reported_and_taken_back(live: Place) -> None:
    client = live.client()
    live.write("dags/broken.py", "import airflow  # dag\nraise ValueError('broken on purpose')\n")
    live_within("an import error", lambda: "broken on purpose" in client.import_errors("dev").get("dags/broken.py", ""))
    live.write("dags/broken.py", "import airflow  # dag\n")
    live_within("its repair", lambda: "dags/broken.py" not in client.import_errors("dev"))


def test_what_is_not_in_the_dags_folder_is_never_parsed(live: Place) -> None:
    code = "import airflow  # dag\nraise ValueError('parsed')\n"
    live.write("tests/test_flow.py", code)
    live.write("lib/unused.py", code)
    name = f"flow_{secrets.token_hex(4)}"
    live.write("lib/shared.py", "NAME = ''\n")
    live.write(f"dags/{name}.py", DAG.format(name=name))
    live_within("a new file", lambda: name in ids(live))
    assert not {"tests/test_flow.py", "lib/unused.py"} & live.client().import_errors("dev").keys()
    (live.root / "lib/unused.py").unlink()


def test_both_airflows_run_side_by_side(served: Place, live: Place) -> None:
    assert served.platform().url != live.platform().url
    assert {component.state for component in live.platform().components()} == {"running"}
    assert "postgres" not in {component.name for component in live.platform().components()}
    assert {workflow.id for workflow in served.client().workflows("dev")} == set()
