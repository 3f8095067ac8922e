"""A DAG file that a page shows is one that Airflow reads."""

import re

import pytest
from walkthrough import DOCS, fences

_MAKES = re.compile(r"^(?:@workflow\b|@dag\b|with (?:workflow|DAG)\()", re.MULTILINE)
_FILES = [
    (fence.where, fence.text)
    for page in sorted(DOCS.rglob("*.md"))
    for fence in fences(page)
    if fence.language == "python" and _MAKES.search(fence.text) and "import" in fence.text
]


def test_pages_show_dag_files() -> None:
    assert len(_FILES) > 5


@pytest.mark.parametrize(("where", "text"), _FILES, ids=lambda value: value if len(value) < 80 else "")
def test_airflow_sees_every_dag_file_that_a_page_shows(where: str, text: str) -> None:
    # `might_contain_dag_via_default_heuristic` in airflow/utils/file.py 3.3.2.
    assert "airflow" in text.lower(), where
    assert "dag" in text.lower(), where
