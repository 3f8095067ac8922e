"""The summary of a run, as docs/reference/summary.md describes its JSON."""

from typing import Any, Literal

import msgspec

from airside.authoring.summary.reported import Number

Outcome = Literal["success", "failed", "unknown"]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A reported number beside those of earlier runs.

    Attributes:
        name: What the task calls it.
        value: The number.
        median: Of the earlier runs that reported it; None where none did.
        change: From that to this, in percent; None where there is none, or it is zero.
        runs: How many runs the median is of.
    """

    name: str
    value: Number
    median: Number | None = None
    change: float | None = None
    runs: int = 0


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A task.

    Attributes:
        id: Its id.
        state: The worst of its instances.
        duration: Of its longest instance, in seconds; None where none ran.
        tries: The most that an instance took; None where that is not known.
        instances: Of a mapped task, how many are in each state; None for any other.
        error: The first line of what ended an instance; None where that is not known.
        figures: What it reported.
        urls: Where its results are.
        charts: Pictures and dashboards.
    """

    id: str
    state: str
    duration: float | None
    tries: int | None
    instances: dict[str, int] | None
    error: str | None
    figures: tuple[Figure, ...] = ()
    urls: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """Where the code of the run came from; see `facts.Origin`."""

    environment: str | None
    tree: str | None
    release: str | None
    commit: str | None
    author: str | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to.

    Attributes:
        format: 1.
        workflow: The DAG id.
        run: The run id.
        outcome: What the state of the run will be, by the tasks that decide it; ``unknown`` where one is not finished.
        started_at: RFC 3339 in UTC; None where Airflow does not say.
        ended_at: When this was made.
        duration: Between the two, in seconds.
        origin: Where its code came from.
        states: How many instances of all tasks are in each state.
        tasks: Each task: those that failed, those that could not run after that, and the others; each in the order in
            which they run.
    """

    format: Literal[1] = 1
    workflow: str
    run: str
    outcome: Outcome
    started_at: str | None
    ended_at: str
    duration: float | None
    origin: Served
    states: dict[str, int]
    tasks: tuple[Task, ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it: an XCom keeps what is a tuple as one (airflow/sdk/serde 3.3.2)."""
        built: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        return built
