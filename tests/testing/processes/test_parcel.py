"""Values travel between processes, and one that cannot is shown."""

import pickle
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.testing.outcome import RunOutcome, TaskKey, TaskOutcome
from airside.testing.processes.parcel import Foreign, pack, unpack

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary())
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner)
)


@dataclass(frozen=True)
class Money:
    """A class that both sides have."""

    amount: int


class Shy:
    """A class that does not travel."""

    def __reduce__(self) -> str:
        """Refuse."""
        raise TypeError("no")

    def __repr__(self) -> str:
        return "<shy>"


class Broken(Shy):
    """A class that cannot even be shown."""

    def __repr__(self) -> str:
        raise ValueError("no")


def there_and_back(value: object) -> object:
    return unpack(pickle.loads(pickle.dumps(pack(value))))  # noqa: S301 - made here


@given(VALUES)
def test_plain_values_arrive_as_they_were(value: object) -> None:
    arrived = there_and_back(value)
    assert arrived == value
    assert type(arrived) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 2, tzinfo=UTC),
        datetime(2026, 1, 2, tzinfo=ZoneInfo("Europe/Berlin")),
        timedelta(seconds=3),
        Decimal("1.10"),
        Path("a/b"),
        {1, 2},
        frozenset({"a"}),
        Money(3),
        {"nested": [Money(1), (Money(2),)]},
    ],
)
def test_values_of_known_classes_arrive_as_they_were(value: object) -> None:
    assert there_and_back(value) == value


def test_a_value_that_does_not_travel_is_shown() -> None:
    assert there_and_back([1, Shy()]) == [1, Foreign(f"{__name__}.Shy", "<shy>")]
    assert repr(there_and_back(Shy())) == "<shy>"


def test_a_value_that_cannot_be_shown_is_named() -> None:
    assert "Broken" in repr(there_and_back(Broken()))


def test_a_value_whose_class_is_gone_at_the_other_end_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    task = TaskOutcome(TaskKey("a"), "success", "Operator", output={"sum": Money(3)}, xcoms={"x": 1})
    packed = pickle.dumps(pack(RunOutcome("d", "r", "success", (task,))))
    monkeypatch.delattr(f"{__name__}.Money")
    outcome = unpack(pickle.loads(packed))  # noqa: S301 - made here
    assert outcome.tasks[0].output == {"sum": Foreign(f"{__name__}.Money", "Money(amount=3)")}
    assert outcome.tasks[0].xcoms == {"x": 1}
