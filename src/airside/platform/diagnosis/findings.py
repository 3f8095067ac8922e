"""Findings as data, and running examinations so that one that fails hides no other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from airside.base.errors import AirsideError

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen of one thing.

    Attributes:
        subject: Which thing: `store`, `machine`, `workspace`, `keys`, `environment`, `airflow`.
        level: `ok`; `warning`: it works, and may not for long; `problem`: something does not work.
        seen: What was seen, one sentence.
        fix: What mends it, a command where there is one; None where nothing is wrong.
    """

    subject: str
    level: Level
    seen: str
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """Something to look at.

    Attributes:
        subject: What its findings are about.
        look: Yields them; an error that it raises is one more.
    """

    subject: str
    look: Callable[[], Iterable[Finding]]


def examine(examinations: Sequence[Examination]) -> list[Finding]:
    """Run all examinations, those that wait beside each other, and return their findings in the order given."""
    with ThreadPoolExecutor(len(examinations)) as threads:
        found = [finding for findings in threads.map(_examined, examinations) for finding in findings]
    return list(dict.fromkeys(found))  # one fault that two came upon is one finding


def _examined(examination: Examination) -> list[Finding]:
    return list(_until_error(examination))


def _until_error(examination: Examination) -> Iterator[Finding]:
    try:
        yield from examination.look()
    except AirsideError as error:
        yield Finding(examination.subject, "problem", error.message, error.hint)
    except OSError as error:
        yield Finding(examination.subject, "problem", str(error), "Look at the owner and mode of what it names.")
