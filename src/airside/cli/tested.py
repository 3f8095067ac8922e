"""Running the tests of the workspace, as `airside test` and every release that needs them do."""

import sys
from collections.abc import Sequence

from airside.base.children import inherited
from airside.checking.testing import run_tests
from airside.cli.context import Context
from airside.platform.environment import ensure_environment
from airside.workspace.layout import state_folder


def run_workspace_tests(context: Context, arguments: Sequence[str] = ()) -> int:
    """Run pytest in the workspace's own Python environment, and return how many files it was given.

    Raises:
        UsageError: pytest is not in the environment, or there are no tests.
        FindingsError: A test failed.
    """
    workspace = context.workspace
    python = ensure_environment(workspace, lambda step: context.output.progress(str(step)))
    home = state_folder(workspace.root) / "test"
    # Not the user's Airflow, nor the local one of the workspace: a test may fill its database.
    own = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    variables = inherited(**(workspace.settings.airflow.variables | own))
    output = sys.stderr if context.output.as_json else None
    run_tests(python, workspace.root, arguments, environment=variables, output=output)
    return sum(1 for _ in (workspace.root / "tests").rglob("test_*.py"))
