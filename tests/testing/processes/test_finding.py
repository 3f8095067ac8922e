"""Which file is looked into first for a workflow."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from airside.testing.outcome import Failure
from airside.testing.processes.finding import Index
from airside.testing.processes.work import Listed


class Reader:
    """Knows which files there are, and that none of them imports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[Path]:
        return sorted(self.folder.iterdir())

    def read(self, files: list[Path]) -> Mapping[Path, Listed]:
        return dict.fromkeys(files, Listed(failure=Failure("NameError", "no")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "consume.py").write_text('DAG("consume", schedule=[Asset("export")])')
    (tmp_path / "export.py").write_text('DAG("export")')
    (tmp_path / "exports_of_old.py").write_text('DAG("old_exports")')
    return tmp_path


def test_the_file_that_is_called_like_the_workflow_comes_before_those_that_name_it(folder: Path) -> None:
    found = Index(folder).likely("export", Reader(folder))
    assert [path.name for path in found] == ["export.py", "consume.py", "exports_of_old.py"]


def test_of_files_that_do_not_import_it_is_the_one_that_is_called_like_the_workflow(folder: Path) -> None:
    assert Index(folder).search("export", Reader(folder)).name == "export.py"
