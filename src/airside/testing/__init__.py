"""Functional tests: run a workflow without a database or a server, and verify what each task did.

`from airside.testing import postgres, http, …` gives the stand-ins that a test hands to the fixture `dag_run`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from airside.testing.given import Answer
    from airside.testing.standins.constructors import (
        duckdb,
        files,
        http,
        pagerduty,
        postgres,
        s3,
        slack,
        smtp,
        sqlite,
        teams,
    )
    from airside.testing.standins.http import Reply

__all__ = [
    "Answer",
    "Reply",
    "duckdb",
    "files",
    "http",
    "pagerduty",
    "postgres",
    "s3",
    "slack",
    "smtp",
    "sqlite",
    "teams",
]

_ELSEWHERE: Final = {"Answer": "airside.testing.given", "Reply": "airside.testing.standins.http"}


def __getattr__(name: str) -> Any:
    # The plugin lies in this package, and every pytest loads it: nothing is imported before it is used.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ELSEWHERE.get(name, "airside.testing.standins.constructors")), name)
