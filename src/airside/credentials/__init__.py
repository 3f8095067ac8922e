"""Credentials: the connections of Airflow for any code, in a task, a script, a notebook or a test.

```python
from airside import credentials

cred = credentials.get("EBI-ETL-DEV-01")
cred.user, cred.password, cred.host, cred.description
```
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airside.credentials.credential import Credential

__all__ = ["Credential", "get"]


def get(connection_id: str) -> "Credential":
    """Return the connection with this id of the environment that this process works for.

    In a process of Airflow it is what Airflow itself would find; anywhere else the environment variable
    `AIRFLOW_CONN_<ID>`, then the encrypted documents of the workspace around the current folder, read with your key.

    Raises:
        UsageError: There is none, or your key does not decrypt the documents.
        AirsideError: They cannot be read for another reason, such as that somebody has changed them without a key.
    """
    # A DAG file imports this package, and most never ask.
    from airside.base.errors import AirsideError  # noqa: PLC0415
    from airside.credentials.finding import find  # noqa: PLC0415

    try:
        return find(connection_id)
    except AirsideError as error:
        if error.hint:
            error.add_note(error.hint)  # no command shows it: this is the code of a task, a script or a notebook
        raise


def __getattr__(name: str) -> object:
    if name == "Credential":
        from airside.credentials.credential import Credential  # noqa: PLC0415 - as above

        return Credential
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
