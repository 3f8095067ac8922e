"""`airside test`."""

import sys

import click

from airside.base.children import inherited
from airside.checks.testing import run_tests
from airside.cli.context import Context
from airside.cli.verb import verb
from airside.platform.environment import ensure_environment
from airside.workspace.layout import state_folder


@verb
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGS]")
def command(context: Context, arguments: tuple[str, ...]) -> None:
    r"""Run the tests of the workspace in its own Python environment.

    Runs pytest on the folder `tests`; the modules of the workspace can be imported. What follows `--` goes to pytest.

    \b
    airside test
    airside test -- -x -k daily tests/test_sales.py

    Exit codes: 1 a test failed; 2 pytest is not in requirements.txt, or there are no tests.
    """
    workspace = context.workspace
    python = ensure_environment(workspace, lambda step: context.output.progress(str(step)))
    home = state_folder(workspace.root) / "test"
    # Not the user's Airflow, nor the local one of the workspace: a test may fill its database.
    own = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    variables = inherited(**(workspace.settings.airflow.variables | own))
    output = sys.stderr if context.output.as_json else None
    run_tests(python, workspace.root, arguments, environment=variables, output=output)
    context.output.document({"passed": True})
    context.output.done("The tests passed", then="airside deploy ENV")
