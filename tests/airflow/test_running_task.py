"""A task that runs while everything is cleaned up around it."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from airflow.dag_processing.bundles.base import BundleUsageTrackingManager, get_bundle_tracking_dir
from shipping import deploy

from airside.airflow import ReleaseBundle
from airside.delivery.collection.collect import Rules, carry_out, examine
from airside.delivery.collection.retention import Retention
from airside.delivery.collection.store_clock import ask_time
from airside.release.keys import tree_key
from airside.release.tombstone import Grace
from airside.store.folder import FolderStore

A = {"dags/orders.py": "x = 'a'\n", "lib/sums.py": "x = 'a'\n"}
B = {"dags/orders.py": "x = 'b'\n", "lib/sums.py": "x = 'b'\n"}
AT_ONCE = Rules(Retention(days=0, generations=1), Grace(marked=timedelta(0), claimed=timedelta(0)))

TASK = """
import sys
from pathlib import Path
from airside.airflow import ReleaseBundle
store, name, version = sys.argv[1:]
bundle = ReleaseBundle(store=store, environment="production", name=name, version=version, refresh_interval=1)
bundle.initialize()
print("runs", flush=True)
while sys.stdin.readline().strip() == "read":
    print((bundle.path / "lib" / "sums.py").read_text().strip(), flush=True)
"""


def clean_disk(name: str) -> None:
    """Run Airflow's own clean-up as if every version had been used long ago."""
    manager = BundleUsageTrackingManager()
    for file in get_bundle_tracking_dir(name).iterdir():
        file.write_text("2020-01-01T00:00:00+00:00")
    for info in manager._find_all_tracking_files(name) or ():
        manager._remove_stale_bundle(name, info)


def clean_store(store: FolderStore) -> None:
    nonce = secrets.token_hex(16)
    carry_out(store, examine(store, AT_ONCE, ask_time(store, nonce)), nonce=nonce)


def test_a_running_task_keeps_its_files_while_disk_and_store_are_cleaned(
    store: FolderStore, bundle: Callable[..., ReleaseBundle], name: str
) -> None:
    first = deploy(store, A).tree
    processor = bundle()
    processor.initialize()
    command = [sys.executable, "-c", TASK, store.location, name, first]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),  # noqa: TID251 - Airflow's configuration is in it
    ) as task:
        assert task.stdin is not None
        assert task.stdout is not None
        while task.stdout.readline() != "runs\n":  # Airflow may print before
            assert task.poll() is None
        for number in range(3):
            deploy(store, B | {"dags/orders.py": f"x = {number}\n"}, second=number + 1)
        processor.refresh()
        for _ in range(10):
            clean_store(store)
            clean_disk(name)
            task.stdin.write("read\n")
            task.stdin.flush()
            assert task.stdout.readline() == "x = 'a'\n"
        assert not Path(store.location, tree_key(first)).exists(), "the store has let go of it"
        task.stdin.write("end\n")
        task.stdin.close()
        assert task.wait(timeout=30) == 0
    clean_disk(name)
    assert not (processor.versions_dir / first).exists()
    assert (processor.path / "lib" / "sums.py").read_text() == B["lib/sums.py"]
