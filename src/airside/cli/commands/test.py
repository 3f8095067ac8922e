"""`airside test`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.cli.tested import Asked


@verb
@click.argument("arguments", nargs=-1, metavar="[WORKFLOW|PATHS]... [-- ARGS]")
@click.option("--changed", is_flag=True, help="Only tests that use, or whose workflow is, what no commit holds yet.")
@click.option("--since", metavar="REF", help="With --changed: all that differs since this branch left REF.")
@click.option("-n", "jobs", metavar="N", help="Run in N processes, or `auto`; pytest-xdist has to be in requirements.")
@click.option("--watch", is_flag=True, help="Stay, and run again the tests that a save affects.")
@click.option(
    "--junit", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write JUnit's XML there."
)
@click.option("--coverage", is_flag=True, help="List the tasks that no test verifies, of every workflow.")
@click.option("--require-verified", is_flag=True, help="Fail where a task is verified by no test.")
@click.option("--record", metavar="WORKFLOW", help="Run it, and draft its test from what it did.")
def command(
    context: Context,
    arguments: tuple[str, ...],
    *,
    changed: bool,
    since: str | None,
    jobs: str | None,
    watch: bool,
    junit: Path | None,
    coverage: bool,
    require_verified: bool,
    record: str | None,
) -> int:
    r"""Run the tests of the workspace, and say what they verify.

    Runs pytest on the folder `tests`, in the workspace's own Python environment: functional tests in YAML,
    tests/functional/<workflow>.yaml, and in Python. A WORKFLOW chooses the tests that run it, PATHS those in files, as
    pytest names them. What follows `--` goes to pytest.

    \b
    airside test
    airside test daily_sales                     the tests of one workflow
    airside test --changed --since main -n auto  in a pull request
    airside test --watch
    airside test --coverage                      which tasks does no test verify?
    airside test --record daily_sales            a first test, from a run
    airside test -- -x -k daily tests/test_sales.py

    Exit codes: 1 a test failed, or a task is not verified that has to be; 2 pytest is not in requirements.txt, or
    there are no tests; 3 --record, and there is such a test already.
    """
    names, options = _parted(arguments)
    if record is not None:
        others = {"changed": changed or since is not None, "watch": watch, "coverage": coverage}
        others |= {"junit": junit is not None, "n": jobs is not None, "require-verified": require_verified}
        _refuse_with(f"--record {record}", names=bool(names or options), **others)
        from airside.cli.testing_record import record_case

        record_case(context, record)
        return 0
    from airside.cli.testing_told import Wishes, run_once

    wishes = Wishes(coverage=coverage, verified=require_verified)
    asked = _asked(options, jobs, junit)
    if watch:
        _refuse_with("--watch", names=bool(names), changed=changed or since is not None, json=context.output.as_json)
        from airside.cli.testing_watch import watch_tests

        watch_tests(context, asked, wishes)
        return 0
    return run_once(context, names, asked, wishes, changed=changed, since=since)


def _parted(arguments: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part names from what is pytest's: the first option, which only `--` lets through, and all after it."""
    end = next((at for at, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    return tuple(arguments[:end]), tuple(arguments[end:])


def _asked(options: tuple[str, ...], jobs: str | None, junit: Path | None) -> "Asked":
    from airside.cli.tested import PYTEST, XDIST, Asked

    more = [f"--junit-xml={_writable(junit)}"] if junit is not None else []
    if jobs is None:
        return Asked(options=(*more, *options))
    if jobs != "auto" and not jobs.isdecimal():
        raise UsageError(f"-n {jobs!r} is no number of processes", hint="Such as -n 4, or -n auto.")
    return Asked(options=(*more, "-n", jobs, *options), packages=PYTEST | XDIST)


def _writable(path: Path) -> Path:
    """Return the absolute path of a file that can be written: pytest would find out when all tests have run."""
    found = path.absolute()
    try:
        found.parent.mkdir(parents=True, exist_ok=True)
        is_new = not found.exists()
        found.open("ab").close()
        if is_new:
            found.unlink()
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", hint="Name another file.") from error
    return found


def _refuse_with(option: str, **others: bool) -> None:
    given = [name for name, is_given in others.items() if is_given]
    if given:
        what = {"names": "names of tests", "n": "-n"}.get(given[0], f"--{given[0]}")
        raise UsageError(f"{option} does not go with {what}", hint=f"Run `airside test {option}` alone.")
