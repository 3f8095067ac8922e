"""The fixture `dags`: a test for each workflow of the folder."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from airside.testing import loading
from airside.testing.outcome import Failure
from airside.testing.pytest_plugin.place import source_of

if TYPE_CHECKING:
    from airside.testing.processes import Source

NAME: Final = "dags"


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each workflow, and for each DAG file that does not import, where it asks for our fixture.

    A test whose own `dags` stands in for ours is left alone.
    """
    definitions = metafunc._arg2fixturedefs.get(NAME, ())  # noqa: SLF001 - pytest has no other way to tell
    if not definitions or definitions[-1].func.__module__ != "airside.testing.plugin":
        return
    source = source_of(metafunc.config, Path(str(metafunc.definition.path)).parent)
    found = loading.catalogue(source)
    params: list[Source | Failure] = [
        replace(source, dag_id=dag_id, file=file) for dag_id, file in sorted(found.files.items())
    ]
    ids = sorted(found.files)
    for file, failure in sorted(found.errors.items()):
        params.append(failure)
        ids.append(str(file.relative_to(source.root) if file.is_relative_to(source.root) else file))
    metafunc.parametrize(NAME, params, ids=ids, indirect=True)


def loaded(request: pytest.FixtureRequest) -> Any:
    """Return the workflow that a test runs for; where its file does not import, the test fails with the reason."""
    param: Source | Failure = request.param
    if isinstance(param, Failure):
        pytest.fail(param.traceback or str(param), pytrace=False)
    # In the process of the test no DAG file is imported: Airflow makes the object from what its scheduler would read.
    from airflow.serialization.serialized_objects import DagSerialization  # noqa: PLC0415 - two seconds

    return DagSerialization.from_dict(loading.serialized(param))
