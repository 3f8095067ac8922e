from pathlib import Path

import pytest
from walkthrough import Reader

from airside.cli import environ


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path, environ.variables())
