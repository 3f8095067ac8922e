"""`airside test`."""

import click

from airside.cli.context import Context
from airside.cli.tested import run_workspace_tests
from airside.cli.verb import verb


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
    run_workspace_tests(context, arguments)
    context.output.document({"passed": True})
    context.output.done("The tests passed", then="airside deploy ENV")
