import json

import pytest

from airside.alerts.sources.errors import MOST_LETTERS, error_in, error_of_traceback


def log(*records: dict[str, object]) -> list[bytes]:
    return [
        json.dumps({"timestamp": "2026-11-21T10:00:00Z"} | record, separators=(",", ":")).encode() for record in records
    ]


def raised(kind: str, text: str) -> dict[str, object]:
    return {"level": "error", "event": "Task failed", "error_detail": [{"exc_type": kind, "exc_value": text}]}


def test_the_last_error_of_a_log_counts_and_its_first_line() -> None:
    lines = log(raised("OSError", "tried again"), {"event": "…"}, raised("ValueError", "empty\nmore"), {"event": "end"})
    assert error_in(lines) == "ValueError: empty"


def test_an_error_without_a_text_is_its_class() -> None:
    assert error_in(log(raised("KeyboardInterrupt", ""))) == "KeyboardInterrupt"


def test_without_an_exception_the_last_line_of_an_error_counts() -> None:
    lines = log(
        {"level": "error", "event": "Server indicated the task shouldn't be running anymore"}, {"level": "info"}
    )
    assert error_in(lines) == "Server indicated the task shouldn't be running anymore"


def test_that_a_log_cannot_be_read_is_not_the_error_of_the_task() -> None:
    assert error_in(log({"level": "error", "event": "Error fetching the logs", "timestamp": None})) is None


@pytest.mark.parametrize(
    "line", [b'{"error_detail": [{"exc_ty', b'{"error_detail": []}', b'{"error_detail": "x"}', b"\xff"]
)
def test_a_line_that_is_cut_off_or_of_another_form_tells_nothing(line: bytes) -> None:
    assert error_in([line]) is None


def test_an_error_is_not_longer_than_a_message_bears() -> None:
    found = error_in(log(raised("ValueError", "x" * 5000)))
    assert found is not None
    assert len(found) == MOST_LETTERS


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            'Traceback (most recent call last):\n  File "x", line 1, in <module>\n    import y\nKeyError: a\nb\n',
            "KeyError: a",
        ),
        (
            'Traceback:\n  File "x"\nKeyError: a\n\nDuring handling:\n\nTraceback:\n  File "x"\nValueError: b',
            "ValueError: b",
        ),
        ('  File "x", line 1\n    def f(:\n          ^\nSyntaxError: invalid syntax\n', "SyntaxError: invalid syntax"),
        ("Duplicate DAG", "Duplicate DAG"),
        ("", None),
    ],
)
def test_the_error_of_a_file_is_the_line_below_the_last_frame(text: str, line: str | None) -> None:
    assert error_of_traceback(text) == line
