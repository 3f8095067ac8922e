import itertools
import os
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

if "airflow" not in sys.modules:
    # Airflow reads its configuration when it is first imported.
    _HOME = tempfile.TemporaryDirectory(prefix="airside-test-airflow-", ignore_cleanup_errors=True)
    os.environ.update(  # noqa: TID251 - a test process is its own program
        AIRFLOW_HOME=_HOME.name,
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{_HOME.name}/airflow.db",
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
    )

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from airflow.dag_processing.dagbag import BundleDagBag

    from airside.inspection.describing import describe_workflow, record_making
from inspected import HEAD, Flow, ReadFlow

from airside.inspection.places import Tree

_ROOTS = itertools.count()


@pytest.fixture
def read_flow(tmp_path: Path) -> Iterator[ReadFlow]:
    """Import a DAG file with this body below the usual imports, beside `files`, and describe its workflow."""
    record_making()
    before = set(sys.modules)
    root = tmp_path / f"root{next(_ROOTS)}"

    def read(body: str, files: dict[str, str] | None = None) -> Flow:
        text = HEAD + textwrap.dedent(body)
        for name, content in {"dags/flow.py": text, **(files or {})}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(content))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            bag = BundleDagBag(root / "dags/flow.py", bundle_path=root, bundle_name="test", load_op_links=False)
        assert not bag.import_errors, bag.import_errors
        (found,) = bag.dags.values()
        facts = describe_workflow(found, Tree(root))
        assert facts.faults == ()
        return Flow(facts, text)

    sys.path.insert(0, str(root / "lib"))
    yield read
    sys.path.remove(str(root / "lib"))
    for name in set(sys.modules) - before:
        if str(root) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
