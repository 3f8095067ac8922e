"""A run that is pinned to a release reads the configs of that release, in the environment of its bundle."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from shipping import deploy

from airside.airflow import ReleaseBundle
from airside.store.folder import FolderStore

LAYER = "configs/environments/production/orders.yaml"
A = {"dags/orders.py": "x = 'a'\n", "configs/orders.yaml": "batch: 1\nlimit: 1\n", LAYER: "limit: 10\n"}
B = {"dags/orders.py": "x = 'b'\n", "configs/orders.yaml": "batch: 2\nlimit: 2\n", LAYER: "limit: 20\n"}

RUN = """
import json, sys
from airside.airflow import ReleaseBundle
from airside import config, current_environment

store, name, version = sys.argv[1:]
bundle = ReleaseBundle(store=store, environment="production", name=name, version=version or None, refresh_interval=1)
bundle.initialize()
sys.path.append(str(bundle.path))  # as Airflow's task runner does
print(json.dumps({"configs": config.get("orders"), "environment": current_environment()}))
"""


def _run(store: FolderStore, name: str, version: str = "") -> dict[str, object]:
    command = [sys.executable, "-c", RUN, store.location, name, version]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(said.stdout.splitlines()[-1])
    assert found["environment"] == "production"
    return found


@pytest.mark.slow
def test_a_pinned_run_reads_the_configs_of_its_own_release(
    store: FolderStore, bundle: Callable[..., ReleaseBundle], name: str
) -> None:
    first = deploy(store, A).tree
    bundle().initialize()
    deploy(store, B, second=1)
    assert _run(store, name)["configs"] == {"batch": 2, "limit": 20}
    assert _run(store, name, first)["configs"] == {"batch": 1, "limit": 10}
