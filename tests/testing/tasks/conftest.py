"""Runs workflows that a test writes."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from flow_runs import Flow

from airside.testing.given import Given
from airside.testing.outcome import RunOutcome
from airside.testing.processes import Source, run

_HEAD = (
    "from airflow.sdk import DAG, Asset, AssetAlias, Connection, Metadata, Param, Variable, get_current_context, task\n"
)


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    """Run the workflow `flow` of this text, whose lines are one further down: `flow(text, **fields of Given)`."""

    def flow(text: str, **given: Any) -> RunOutcome:
        folder = tmp_path / "dags"
        folder.mkdir(exist_ok=True)
        (folder / "flow.py").write_text(_HEAD + dedent(text))
        return run(Source(root=tmp_path, dags_folder=folder, dag_id="flow"), Given(dag_id="flow", **given))

    return flow
