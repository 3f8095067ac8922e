"""What `airside up` refuses before it builds anything."""

from collections.abc import Callable
from types import SimpleNamespace

from folders import Folder

LOGS = '[logs]\nurl = "s3://bucket/{environment}"\n'


def test_environments_whose_logs_cannot_be_in_one_place_are_not_served_together(
    folder: Folder, airside: Callable[..., SimpleNamespace]
) -> None:
    folder.write("airside.toml", (folder.root / "airside.toml").read_text() + LOGS)
    done = airside("up", "--track", "production", "--track", "preprod")
    assert done.code == 2
    assert "production and preprod cannot be served by one Airflow: logs.url has {environment}" in done.err
    assert not (folder.root / ".airside" / "env").exists()
