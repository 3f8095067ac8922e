"""The Python environment of the benchmark: Airflow, the providers with its own bundles, and this project."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import uv

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".bench" / "environment"
PACKAGES = (
    "apache-airflow==3.3.2",
    "apache-airflow-providers-amazon==9.39.0",
    "apache-airflow-providers-git==1.0.1",
)
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251 - a program of its own


def ready_environment() -> Path:
    """Return the Python of the environment; makes it if it is not there, or was made of other packages."""
    python = ENVIRONMENT / "bin" / "python"
    mark = ENVIRONMENT / "made-of"
    wanted = hashlib.sha256("\n".join((*PACKAGES, sys.version, _project())).encode()).hexdigest()
    if not mark.exists() or mark.read_text() != wanted:
        print("Making the environment of the benchmark …", file=sys.stderr)
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT))
        _uv(
            *("pip", "install", "--quiet", "--compile-bytecode", "--python", str(python)),
            *(*PACKAGES, "--editable", str(ROOT)),
        )
        mark.write_text(wanted)
    return python


def _project() -> str:
    return (ROOT / "pyproject.toml").read_text()


def _uv(*arguments: str) -> None:
    subprocess.run([uv.find_uv_bin(), *arguments], env=ENVIRON, check=True)
