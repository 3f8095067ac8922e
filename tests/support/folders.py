"""A committed workspace for tests to edit."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

DAG = """\
from airflow.sdk import dag, task
from lib.sums import total

@dag(schedule=None)
def orders():
    @task
    def add() -> int:
        return total([1, 2])

    add()

orders()
"""
SETTINGS = """\
[workspace]
name = "sales-flows"
include = ["lib"]
[environments.preprod]
[environments.production]
"""
IGNORED = ".store/\n.airside/\n__pycache__/\n"
FILES = {
    "dags/orders.py": DAG,
    "lib/sums.py": "def total(numbers: list[int]) -> int:\n    return sum(numbers)\n",
}


class Folder:
    """A workspace that a test edits and commits to."""

    def __init__(self, root: Path, settings: str = SETTINGS, files: Mapping[str, str] = FILES) -> None:
        self.root = root
        for path, text in {"airside.toml": settings, ".gitignore": IGNORED, **files}.items():
            self.write(path, text)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit()

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")

    def store_keys(self) -> set[str]:
        store = self.root / ".store"
        files = (path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file())
        return {key for key in files if not key.startswith(".locks/")}
