"""The example DAGs that Airflow and its standard provider bring along: what they need to run, and which cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from airside.testing.given import Answer, Given
from airside.testing.loading import catalogue
from airside.testing.outcome import RunOutcome
from airside.testing.processes import Source, run

_AIRFLOW = find_spec("airflow")
assert _AIRFLOW is not None
assert _AIRFLOW.submodule_search_locations is not None
_HERE = Path(next(iter(_AIRFLOW.submodule_search_locations)))
FOLDERS = (_HERE / "example_dags", _HERE / "providers" / "standard" / "example_dags")
FILES = sorted(path for folder in FOLDERS for path in folder.glob("*.py") if path.name != "__init__.py")

VENVS = dict.fromkeys([f"venv_{option}" for option in "abcd"])
GIVEN: Mapping[str, Mapping[str, Any]] = {
    "example_bash_decorator": {"stub": {"make_dynamic_dirs": None}},
    "example_branch_operator": {"stub": {"branching_venv": "venv_a"} | VENVS},
    "example_branch_python_operator_decorator": {"stub": {"branching_virtualenv": "venv_a"} | VENVS},
    "example_dag_decorator": {"stub": {"get_ip": {"origin": "192.0.2.1"}}},
    "example_external_task": {"counts": {"child_dag": "success"}},
    "example_external_task_marker_child": {"counts": {"example_external_task_marker_parent": "success"}},
    "example_hitl_operator": {
        "answers": {
            "wait_for_input": Answer(("OK",), {"information": "some"}),
            "wait_for_option": Answer(("option 1",)),
            "wait_for_multiple_options": Answer(("option 4", "option 5")),
            "valid_input_and_options": Answer(("Approve",)),
            "choose_a_branch_to_run": Answer(("task_1",)),
        }
    },
    "example_params_ui_tutorial": {"conf": {"required_field": "a text that is long enough"}},
    "example_passing_params_via_test_command": {"conf": {"foo": "bar"}},
    "example_python_decorator": {"stub": {"virtualenv_python": None}},
    "example_python_operator": {"stub": {"virtualenv_python": None}},
    "example_retry_policy": {"stub": {"call_external_api": None}},
    "example_sensors": {
        "connections": {"fs_default": {"conn_type": "fs"}},
        "stub": {"wait_for_file": None, "create_file_after_3_seconds": None},
        "events": {"wait_for_file_async": True},
    },
    "read_asset_event_from_classic": {"asset_events": {"s3://output/1.txt": ({"hi": "bye"},)}},
}
"""What is given to those that do not run with nothing."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Why an example does not come to a good end.

    Attributes:
        reason: As the documentation has it.
        error: What is said of it; `*` stands for any text.
    """

    reason: str
    error: str


_PLUGIN = "a plugin that Airflow loads with `[core] load_examples` only; without it Airflow refuses the workflow, too"
LIMITS: Mapping[str, Limit] = {
    "example_custom_weight": Limit(f"Its weight rule is {_PLUGIN}.", "SerializationError: *priority strategy*"),
    "example_failed_dag": Limit("It fails on purpose.", "RuntimeError: This is a test exception*"),
    "example_kubernetes_executor": Limit("Its tasks need volumes of Kubernetes.", "WriteDeniedError: /foo/*"),
    "example_task_state_store_async": Limit(
        "It calls `task_state_store.aget`, which Airflow 3.3.2 does not have.", "AttributeError: *aget*"
    ),
    "example_workday_timetable": Limit(f"Its timetable is {_PLUGIN}.", "SerializationError: *not registered*"),
    "tutorial_objectstorage": Limit("It asks a service on the Internet for its data.", "ConnectionError: *"),
    "tutorial_taskflow_api_virtualenv": Limit("It installs packages from the Internet.", "CalledProcessError: *"),
}
"""The workflows that do not come to a good end, whatever is given."""


@cache
def workflows() -> Mapping[Path, list[str]]:
    """Return the workflows of each file."""
    found: dict[Path, list[str]] = {path: [] for path in FILES}
    for folder in FOLDERS:
        for dag_id, path in catalogue(Source(folder, folder)).files.items():
            found[path].append(dag_id)
    return found


def outcome(dag_id: str, path: Path) -> RunOutcome:
    """Run an example."""
    given = Given(dag_id=dag_id, timeout=120.0, **GIVEN.get(dag_id, {}))
    return run(Source(root=path.parent, dags_folder=path.parent, dag_id=dag_id, file=path), given)
