"""What `airside doctor` says of a real Airflow."""

from typing import Any

import pytest
from airflow_place import Place, until

pytestmark = pytest.mark.platform


def examined(place: Place, code: int | None = 0) -> list[dict[str, Any]]:
    """Return what is said of Airflow; which of its components other tests have killed before does not matter."""
    document = place.airside("--json", "doctor", code=code).document
    return [
        found
        for found in document["findings"]
        if found["subject"] == "airflow" and "was restarted" not in found["seen"]
    ]


def is_well(place: Place) -> bool:
    return {each["level"] for each in examined(place, None)} == {"ok"}


def test_an_airflow_that_serves_what_it_should_is_well(served: Place) -> None:
    until(lambda: is_well(served))
    seen = [each["seen"] for each in examined(served)]
    assert "It serves what 'production' points to" in seen
    assert "Airflow says that all its parts are healthy" in seen


@pytest.mark.slow
def test_a_component_that_was_stopped_is_found_with_what_to_do(served: Place) -> None:
    served.platform().supervisor.ask("stopProcess", "triggerer", True)
    try:
        problems = [each for each in examined(served, code=1) if each["level"] == "problem"]
        assert problems[0]["seen"].startswith("triggerer is stopped")
        assert problems[0]["fix"] == "airside logs triggerer"
    finally:
        served.airside("restart", "triggerer")
    until(lambda: is_well(served))
