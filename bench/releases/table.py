"""The table: what was measured, ratios of one run, and how they compare with the targets."""

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.releases.counting import Traffic

OURS, S3, GIT, FLOOR = "airside", "S3DagBundle", "GitDagBundle", "tar.zst, the floor"
PINNED_GIT, AGED_GIT, TRACKING = f"{GIT}, pinned", f"{GIT}, 1,000 commits", f"{OURS}, tracking"
COLD, WARM, POLL, CHANGE = "cold start", "start again, files on disk", "poll, no change", "refresh, one file changed"
FIRST, ONE_FILE = "publish, first release", "publish, one file changed"
WORKS = (COLD, WARM, POLL, CHANGE, FIRST, ONE_FILE)

TARGETS_AT = 2_000
FASTER = {(COLD, S3): 40, (COLD, GIT): 10, (POLL, S3): 300, (CHANGE, S3): 15, (CHANGE, GIT): 2}
"""How many times as long the peer must take."""
AT_MOST = {(COLD, FLOOR): 2}
"""How many times as long as the peer we may take."""
MILLISECONDS = {ONE_FILE: 150}
"""How long we may take, where the peer of the target is not on a package index: it takes 6,529 ms."""

Cells = Sequence[str]

HEAD = ("files", "work", "whose", "median ms", "rounds", "requests", "KiB", "peak MiB", "ratio", "target")


@dataclass(frozen=True)
class Row:
    """One line.

    Attributes:
        work: What was done.
        who: By whom.
        ms: Each round.
        mib: By how much the process grew at its peak, each round; empty where that was not measured.
        traffic: Of one more round, through a proxy; None where that was not counted.
    """

    work: str
    who: str
    ms: Sequence[float]
    mib: Sequence[float] = ()
    traffic: Traffic | None = None

    @property
    def median(self) -> float:
        """The median of the rounds, in milliseconds."""
        return statistics.median(self.ms)


def lines(files: int, rows: Iterable[Row]) -> Iterator[Cells]:
    """Yield the cells of rows; the first row of each work is ours."""
    first: Row | None = None
    for row in rows:
        if first is None or first.work != row.work:
            first = row
        yield (
            f"{files:,}",
            row.work,
            row.who,
            _figure(row.median),
            str(len(row.ms)),
            f"{row.traffic.requests:,}" if row.traffic else "",
            f"{(row.traffic.sent + row.traffic.received) / 1024:,.0f}" if row.traffic else "",
            f"{statistics.median(row.mib):,.0f}" if row.mib else "",
            "" if row is first else f"{row.median / first.median:,.2f}",
            _verdict(first, row) if files == TARGETS_AT else "",
        )


def _verdict(ours: Row, row: Row) -> str:
    key = (row.work, row.who)
    ratio = row.median / ours.median
    if row is ours:
        limit = MILLISECONDS.get(row.work)
        return _judged(f"≤ {limit} ms", met=row.median <= limit) if limit else ""
    if factor := FASTER.get(key):
        return _judged(f"≥ {factor}", met=ratio >= factor)
    if factor := AT_MOST.get(key):
        return _judged(f"≥ {1 / factor:.2g}", met=ratio * factor >= 1)
    return ""


def _judged(target: str, *, met: bool) -> str:
    return f"{target}: {'met' if met else 'MISSED'}"


def _figure(milliseconds: float) -> str:
    return f"{milliseconds:,.1f}" if milliseconds < 100 else f"{milliseconds:,.0f}"  # noqa: PLR2004 - three digits say enough


def markdown(head: Cells, rows: Sequence[Cells]) -> str:
    """Return a table whose columns are aligned."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    ruled = [head, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in ruled)
