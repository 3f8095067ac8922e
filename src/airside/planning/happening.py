"""What happens when a move is made, as lines of a plan."""

from collections import Counter
from collections.abc import Iterator

from airside.planning.changes import Changes
from airside.planning.consequences import Consequences, LostHistory, RunInFlight, Start
from airside.planning.escaping import plain
from airside.planning.outline import Line
from airside.planning.wording import count

SHOWN_RUNS = 10
"""More runs in flight than these are counted, not listed; the JSON form has them all."""

_FATES = {
    "continues": "goes on with its release",
    "stranded": "is left behind: its workflow goes",
    "breaks": "breaks: the file of its workflow moves",
}


def happenings(known: Consequences, changes: Changes | None) -> Iterator[Line]:
    """Return what happens, the most surprising first."""
    if not known.reachable:
        yield Line("!", f"not known: {plain(known.reason)}")
        return
    nothing = not (known.starts or known.in_flight or known.lost or known.running_removed)
    if nothing:
        yield Line(" ", "no run starts at once, and none is in flight")
    yield from (Line("!", _start(start)) for start in known.starts)
    for task in known.running_removed:
        yield Line("!", f"task {plain(task.task)} of {plain(task.workflow)} runs in {plain(task.run)} and goes")
    yield from (Line("!", _loss(loss)) for loss in known.lost)
    yield from _in_flight(known.in_flight, changes)


def _start(start: Start) -> str:
    least = "at least " if start.at_least else ""
    verb = "start" if start.runs is not None and start.runs > 1 else "starts"
    what = "runs may start" if start.runs is None else f"{least}{count(start.runs, 'run')} {verb}"
    pace = f", {start.at_a_time} at a time" if start.at_a_time else ""
    unless = ", unless Airflow pauses it" if start.if_unpaused else ""
    return f"workflow {plain(start.workflow)}: {what} at once{pace}{unless} ({plain(start.reason)})"


def _loss(loss: LostHistory) -> str:
    name = plain(loss.workflow)
    runs = "its runs" if loss.runs is None else count(loss.runs, "run")
    if loss.reason == "moved":
        return f"workflow {name} moves to another file while {runs} of it {_be(loss.runs)} in flight"
    successor = f": {plain(loss.successor)} begins anew" if loss.successor else ""
    return f"the history of workflow {name} ends, with {runs}{successor}"


def _be(runs: int | None) -> str:
    return "is" if runs == 1 else "are"


def _in_flight(runs: tuple[RunInFlight, ...], changes: Changes | None) -> Iterator[Line]:
    """Yield the runs that do not go on or whose workflow changes, and how many others there are."""
    different = {change.id for change in changes.changed} if changes else {run.workflow for run in runs}
    told = [run for run in runs if run.fate != "continues" or run.workflow in different]
    told.sort(key=lambda run: run.fate == "continues")
    for run in told[:SHOWN_RUNS]:
        release = f"on release {run.release}" if run.release else "on a release that is not known here"
        where = f"run {plain(run.run)} of {plain(run.workflow)} is in flight {release}"
        yield Line(" " if run.fate == "continues" else "!", f"{where} and {_FATES[run.fate]}")
    rest = Counter(run.fate for run in (*told[SHOWN_RUNS:], *(run for run in runs if run not in told)))
    for fate, number in sorted(rest.items()):
        goes_on = "goes on with its release" if number == 1 else "go on with the release of each"
        ending = goes_on if fate == "continues" else "does not" if number == 1 else "do not"
        others = count(number, "more run" if told else "run")
        yield Line(" " if fate == "continues" else "!", f"{others} in flight {ending}")
