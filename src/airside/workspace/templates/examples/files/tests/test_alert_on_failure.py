import pytest

from dags.alert_on_failure import fragile, workflow


def test_it_fails_when_it_is_asked_to():
    with pytest.raises(ValueError, match="disk of the partner"):
        fragile.function("True")


def test_otherwise_all_is_well():
    assert fragile.function("False") == "all is well"


def test_it_fails_unless_it_is_told_not_to():
    assert workflow.params["fail"] is True
