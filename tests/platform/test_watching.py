import pytest

from airside.platform.watching import needs_alerts
from airside.workspace.workspace import Workspace, open_workspace


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("from airflow.sdk import dag\n# like workflow of airside\n", False),
        ("from airside import config, credentials\n\nworkflow = config.get('a')\n", False),
        ("from airside import config, workflow\n", True),
        ("from airside import (\n    config,\n    workflow,\n)\n", True),
        ("from airside.authoring.summary.task import summary_task\n", True),
    ],
)
def test_the_watcher_runs_where_a_workflow_leaves_summaries(workspace: Workspace, code: str, needed: bool) -> None:
    (workspace.root / "dags" / "orders.py").write_text(code)
    assert needs_alerts(workspace) is needed


def test_the_watcher_runs_where_channels_are_named(workspace: Workspace) -> None:
    settings = workspace.root / "airside.toml"
    assert not needs_alerts(workspace)
    settings.write_text(settings.read_text() + '[[alerts]]\nchannels = ["chat"]\n')
    assert needs_alerts(open_workspace(workspace.root))
