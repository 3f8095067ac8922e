from hypothesis import given
from hypothesis import strategies as st

from airside.authoring.summary.document import Figure, Served, Summary, Task
from airside.authoring.summary.text import LONGEST_NOTE, headline, lines, note

ORIGIN = Served(
    environment="production",
    tree="sha256-" + "ab" * 32,
    release="20261121-043000-0a1b2c3d",
    commit="0123456789abcdef0123456789abcdef01234567",
    author="Ann <ann@example.org>",
)
NOWHERE = Served(environment=None, tree=None, release=None, commit=None, author=None)


def summary(*tasks: Task, origin: Served = NOWHERE) -> Summary:
    return Summary(
        workflow="orders",
        run="run",
        outcome="failed",
        started_at=None,
        ended_at="2026-11-21T04:31:30Z",
        duration=192.4,
        origin=origin,
        states={"failed": 1, "upstream_failed": 2},
        tasks=tasks,
    )


def task(name: str = "load", **others: object) -> Task:
    known = {"state": "success", "duration": 1.25, "tries": 1, "instances": None, "error": None}
    return Task(id=name, **(known | others))  # type: ignore[arg-type]


def test_a_summary_reads_like_this() -> None:
    figures = (
        Figure(name="rows", value=1204, median=1180, change=2.0, runs=10),
        Figure(name="score", value=0.123456789, median=0, runs=1),
        Figure(name="bytes", value=5),
    )
    copy = task("copy", state="failed", duration=4000.0, tries=3, instances={"failed": 1, "success": 99}, error="E: no")
    assert list(lines(summary(copy, task(figures=figures, urls=("https://example.org",)), origin=ORIGIN))) == [
        "orders: failed after 3 min 12 s (1 failed, 2 upstream failed)",
        "production · release 20261121-043000-0a1b2c3d · commit 0123456789ab by Ann <ann@example.org>",
        "✘ copy (100 instances) · 1 failed, 99 success · 1 h 6 min · 3 tries · E: no",
        "✔ load · success · 1.2 s",
        "    rows 1,204 (+2.0 % against 1,180, the median of 10 runs)",
        "    score 0.123457 (against 0, the last run)",
        "    bytes 5",
        "    https://example.org",
    ]


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert list(lines(summary(task(duration=None, tries=None)))) == [headline(summary()), "✔ load · success"]


def test_without_a_release_the_version_is_told() -> None:
    origin = Served(environment="production", tree="sha256-0123456789abcdef", release=None, commit=None, author=None)
    assert list(lines(summary(origin=origin)))[1] == "production · version sha256-0123456789ab"


@given(st.lists(st.text(max_size=300), max_size=30), st.text(max_size=1500))
def test_a_note_fits_and_begins_like_the_summary(names: list[str], error: str) -> None:
    made = summary(*(task(name, state="failed", error=error) for name in names))
    text = note(made)
    assert len(text) <= LONGEST_NOTE
    assert text.startswith(headline(made))
    whole = "\n".join(lines(made))
    assert text == whole or "more lines in the log" in text


def test_a_workflow_with_a_name_that_fills_a_note_has_a_note() -> None:
    made = Summary(
        workflow="x" * 2000,
        run="run",
        outcome="success",
        started_at=None,
        ended_at="",
        duration=None,
        origin=NOWHERE,
        states={},
        tasks=(),
    )
    assert len(note(made)) == LONGEST_NOTE
