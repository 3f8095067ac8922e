"""A file or an object exists, and is fresh."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from airflow.sdk import ObjectStoragePath

from airside.authoring.checks.operator import CheckOperator, failed, make
from airside.base.durations import DURATION_RULE, duration_text, parse_duration
from airside.base.errors import CheckFailedError, UsageError

_CHANGED: Final = ("mtime", "LastModified", "last_modified", "updated", "modified", "created")
"""What the file systems of fsspec call the time of the last change: local, s3fs, adlfs, gcsfs, memory."""


class FileCheck(CheckOperator):
    """Looks at a file through `ObjectStoragePath`: on a disk, in a bucket, wherever fsspec reaches."""

    template_fields = ("path", "conn_id")

    def __init__(
        self,
        *,
        path: str,
        conn_id: str | None = None,
        max_age: timedelta | None = None,
        min_size: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.path = path
        self.conn_id = conn_id
        self.max_age = max_age
        self.min_size = min_size

    def look(self) -> str:
        """Look at it."""
        try:
            found = self._stat()
        except FileNotFoundError as error:
            raise failed(self.path, "does not exist") from error
        except CheckFailedError:
            raise
        except Exception as error:
            by = f" through the connection {self.conn_id!r}" if self.conn_id else ""
            raise failed(self.path, f"cannot be looked at{by}: {error}") from error
        if found.st_size < self.min_size:
            raise failed(self.path, f"has {found.st_size} bytes, expected at least {self.min_size}")
        return f"{self.path} exists, with {found.st_size} bytes{self._age(found)}"

    def _stat(self) -> Any:  # noqa: ANN401 - Airflow's class
        path = self.path if "://" in self.path else f"file://{self.path}"
        if path.startswith("file://") and not path.startswith("file:///"):
            raise failed(self.path, "is no absolute path: a task has no folder of its own")
        return ObjectStoragePath(path, conn_id=self.conn_id).stat()

    def _age(self, found: Any) -> str:  # noqa: ANN401 - as above
        if self.max_age is None:
            return ""
        changed = next((found[name] for name in _CHANGED if found.get(name) is not None), None)
        if changed is None:
            raise failed(self.path, "has no time of its last change: a folder of an object store has none")
        moment = changed if isinstance(changed, datetime) else datetime.fromtimestamp(changed, UTC)
        age = datetime.now(UTC) - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        if age > self.max_age:
            raise failed(
                self.path,
                f"is {duration_text(age)} old (changed {moment:%Y-%m-%d %H:%M:%S}), "
                f"expected at most {duration_text(self.max_age)}",
            )
        return f", changed {duration_text(age)} ago"


def file(path: str, *, max_age: timedelta | str | None = None, min_size: int = 0, **arguments: Any) -> FileCheck:
    """Return a task that fails where a file does not exist, is too old, or too small.

    Args:
        path: An absolute path on the machine of the task; a template.
        max_age: Since its last change, such as ``"26h"``; None does not ask.
        min_size: Bytes; 1 refuses an empty file.
        **arguments: Of any operator, such as `task_id` and `retries`.
    """
    return make(FileCheck, f"file_{path}", arguments, path=path, max_age=_duration(max_age), min_size=min_size)


def object_fresh(
    url: str,
    *,
    connection: str | None = None,
    max_age: timedelta | str | None = None,
    min_size: int = 0,
    **arguments: Any,
) -> FileCheck:
    """Return a task that fails where an object does not exist, is too old, or too small.

    Args:
        url: Such as ``s3://lake/orders/{{ ds }}.parquet``; a template. The provider of its scheme has to be installed.
        connection: The id of the connection to the store.
        max_age: As for `file`.
        min_size: As for `file`.
        **arguments: As for `file`.
    """
    return make(
        FileCheck,
        f"object_{url}",
        arguments,
        path=url,
        conn_id=connection,
        max_age=_duration(max_age),
        min_size=min_size,
    )


def _duration(value: timedelta | str | None) -> timedelta | None:
    duration = parse_duration(value) if isinstance(value, str) else value
    if value is not None and duration is None:
        raise UsageError(f"max_age has to be {DURATION_RULE}, found {value!r}")
    return duration
