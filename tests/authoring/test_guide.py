"""What the pages show is what Airflow gets."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from walkthrough import DOCS

Parse = Callable[[str], dict[str, Any]]

_TITLED = re.compile(r'^```(?:toml|python|yaml) title="(?P<path>[^"]+)"\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)
_SCRIPT = re.compile(r"^```python\n(?P<text>from airflow.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_guide_makes_the_workflow_that_it_describes(root: Path, parse: Parse) -> None:
    page = (DOCS / "how-to" / "write-a-workflow.md").read_text()
    files = {match["path"]: match["text"] for match in _TITLED.finditer(page)}
    (root / "airside.toml").write_text('[workspace]\nname = "sales"\n' + files["airside.toml"])
    for name in ("configs/daily_orders.yaml", "configs/environments/dev/daily_orders.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(files[name])
    found = parse(files["dags/daily_orders.py"])["daily_orders"]
    assert found.tags == {"emea", "team:sales"}
    assert found.schedule is None
    assert found.get_task("load").retries == 0
    assert [task.task_id for task in found.tasks if task.task_id.startswith("checks.")] == [
        "checks.connection_warehouse",
        "checks.sql_warehouse",
        "checks.free_space_tmp",
    ]


@pytest.mark.parametrize("page", ["how-to/write-a-workflow.md", "reference/workflow.md"])
def test_every_other_workflow_that_a_page_shows_is_one(root: Path, parse: Parse, page: str) -> None:
    (root / "configs").mkdir()
    (root / "configs" / "orders.yaml").write_text("{}\n")
    shown = [match["text"] for match in _SCRIPT.finditer((DOCS / page).read_text())]
    assert shown
    for text in shown:
        assert parse(text)
