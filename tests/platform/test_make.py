"""`make` in a workspace that was made from a template, with a real Airflow."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from airflow_place import Place

from airside.platform.ports import free_port
from airside.workspace import templates

pytestmark = [pytest.mark.platform, pytest.mark.slow]


def test_the_local_airflow_is_started_looked_at_and_stopped_by_make(fresh: Place) -> None:
    (fresh.root / "Makefile").write_bytes((Path(templates.__path__[0]) / "default/files/Makefile").read_bytes())
    path = f"{Path(sys.executable).parent}{os.pathsep}{fresh.environ['PATH']}"

    def make(*words: str, code: int = 0) -> str:
        done = subprocess.run(
            ["make", *words],
            cwd=fresh.root,
            env={**fresh.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == code, done
        return done.stdout

    try:
        assert "is ready" in make("start", f"ARGS=--database sqlite --port {free_port(28400)}")
        assert "scheduler" in make("status")
        assert "3." in make("bash", "ARGS=-- airflow version")
        make("stop")
        make("bash", code=2)
    finally:
        fresh.airside("down", code=None)
