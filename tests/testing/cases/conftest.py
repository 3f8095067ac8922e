from pathlib import Path

import pytest
from walkthrough import DOCS

# Before any pytester: it forgets what is imported while it lives, and the C part of PyYAML cannot be imported twice.
import airside.testing.cases.collecting  # noqa: F401


@pytest.fixture
def workspace(pytester: pytest.Pytester) -> pytest.Pytester:
    """A workspace without workflows; its pytests run in this process and share what is warm."""
    pytester.makeini("[pytest]\naddopts = -p no:randomly -p no:cacheprovider")
    (pytester.path / "airside.toml").write_text('[workspace]\nname = "w"\n')
    (pytester.path / "dags").mkdir()
    (pytester.path / "tests" / "functional" / "data").mkdir(parents=True)
    return pytester


@pytest.fixture
def page() -> Path:
    return DOCS / "formats" / "functional-tests.md"
