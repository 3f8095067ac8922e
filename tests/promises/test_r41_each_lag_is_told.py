"""R41: what lags is told apart: the store, what the dag processor parsed, workflows that stay, files that fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from shipping import record_of

from airside.delivery.serving import shortfall
from airside.release.record import Record

FILES = {"dags/orders.py": "o = 1\n", "dags/stock.py": "s = 1\n"}
OLD = "sha256-" + "0" * 64


@dataclass(frozen=True)
class Served:
    id: str
    version: str | None
    file: str = "dags/orders.py"
    file_token: str = "token"


@dataclass
class SomeAirflow:
    """What an Airflow says that lags in one way."""

    served: Sequence[Served]
    errors: Mapping[str, str] = field(default_factory=dict)

    def workflows(self, bundle: str) -> Sequence[Served]:
        return self.served

    def import_errors(self, bundle: str) -> Mapping[str, str]:
        return self.errors

    def parse(self, file_token: str) -> None:
        raise AssertionError("to look is not to touch")


@pytest.fixture
def record() -> Record:
    return record_of(FILES)


def test_nothing_lags(record: Record) -> None:
    airflow = SomeAirflow([Served("orders", record.tree), Served("stock", record.tree)])
    assert not shortfall(airflow, "production", record)


def test_a_workflow_of_the_release_before_is_waited_for(record: Record) -> None:
    missing = shortfall(SomeAirflow([Served("orders", record.tree), Served("stock", OLD)]), "production", record)
    assert (missing.waiting, missing.leftover) == (("stock",), ())
    assert missing.describe() == "not served yet: stock"


def test_a_workflow_that_airflow_does_not_have_is_waited_for(record: Record) -> None:
    missing = shortfall(SomeAirflow([Served("orders", record.tree)]), "production", record)
    assert missing.waiting == ("stock",)


def test_a_workflow_that_is_not_in_the_release_is_served_still(record: Record) -> None:
    served = [Served("orders", record.tree), Served("stock", record.tree), Served("gone", OLD)]
    missing = shortfall(SomeAirflow(served), "production", record)
    assert (missing.waiting, missing.leftover) == ((), ("gone",))
    assert missing.describe() == "served still: gone"


def test_a_file_that_does_not_import_there_is_named_with_its_error(record: Record) -> None:
    errors = {"dags/stock.py": "Traceback …\nModuleNotFoundError: No module named 'pandas'"}
    missing = shortfall(SomeAirflow([Served("orders", record.tree)], errors), "production", record)
    assert "dags/stock.py does not import there: ModuleNotFoundError: No module named 'pandas'" in missing.describe()
