"""A failure that is told again until a pause is over."""

import pytest

from airside.airflow.backoff import Backoff
from airside.base.errors import StoreUnavailableError


def test_a_failure_that_is_told_a_thousand_times_keeps_nothing_of_those_who_asked() -> None:
    backoff = Backoff()
    backoff.failed(StoreUnavailableError("away"), 0.0)
    lengths = set()
    for _ in range(1000):
        with pytest.raises(StoreUnavailableError) as caught:
            backoff.raise_if_pausing(1.0)
        lengths.add(len(caught.traceback))
    assert lengths == {2}


def test_each_further_failure_doubles_the_pause_until_a_success() -> None:
    backoff = Backoff(first=1.0, longest=3.0)
    for pause in (1.0, 2.0, 3.0, 3.0):
        assert backoff.failed(StoreUnavailableError("away"), 10.0) == (pause == 1.0), "news once"
        assert backoff.until == 10.0 + pause
    assert backoff.succeeded()
    assert not backoff.succeeded()
    backoff.raise_if_pausing(0.0)
