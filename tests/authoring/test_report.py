import subprocess
import sys
from typing import Any

import pytest

from airside import report
from airside.base.errors import UsageError

NOTHING_IMPORTED = """
import sys
from airside import report
print(sorted({"airflow", "msgspec", "pydantic", "omegaconf"} & set(sys.modules)))
"""


def test_outside_of_airflow_what_is_said_is_returned() -> None:
    assert report(rows=3, bytes=0, score=1.5, url="https://a:b@example.org", chart=["https://example.org/c"]) == {
        "figures": {"rows": 3, "bytes": 0, "score": 1.5},
        "urls": ["https://example.org"],
        "charts": ["https://example.org/c"],
    }
    assert report() == {"figures": {}, "urls": [], "charts": []}


@pytest.mark.parametrize(
    "wrong", [{"rows": "3"}, {"rows": -1}, {"files": True}, {"url": "orders"}, {"url": [None]}, {"chart": 3}]
)
def test_at_the_desk_what_cannot_be_reported_is_an_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="This cannot be reported: "):
        report(**wrong)


def test_a_dag_file_that_imports_it_imports_nothing_else() -> None:
    found = subprocess.run([sys.executable, "-c", NOTHING_IMPORTED], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
