"""What `[logs]` of `airside.toml` may say: where the logs of tasks are kept."""

import re
from typing import Annotated, Final, Self

from pydantic import AfterValidator, model_validator

from airside.base.suggestions import suggestion
from airside.workspace.fields import Section, expecting

ENVIRONMENT: Final = "environment"
"""The one placeholder of a URL: the name of the environment whose tasks they are."""

SCHEMES: Final = ("s3", "gs", "az")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SAMPLE: Final = "sample"


Endpoint = Annotated[
    str, expecting(r"https?://[A-Za-z0-9._-]+(:\d{1,5})?", "an address such as 'https://s3.example.com'")
]
Region = Annotated[str, expecting(r"[a-z0-9-]+", "a region such as 'eu-west-3'")]
ConnectionId = Annotated[str, expecting(r"[A-Za-z0-9_.-]{1,200}", "the id of a connection, such as 'airside_logs'")]


def parts(url: str) -> tuple[str, str, str]:
    """Return the scheme, the bucket and the prefix of a URL that holds; the prefix may be empty."""
    scheme, _, rest = url.partition("://")
    bucket, _, prefix = rest.partition("/")
    return scheme, bucket, prefix


def bucket_fault(bucket: str) -> str | None:
    """Return what is wrong with the name of a bucket; None where nothing is."""
    if _BUCKET.fullmatch(bucket):
        return None
    return f"{bucket!r} cannot name a bucket: 3 to 63 lower-case letters, digits, '-', '.' and '_'"


def filled(url: str, value: str) -> str:
    """Return `url` with `value` in place of ``{environment}``."""
    return url.replace(f"{{{ENVIRONMENT}}}", value)


def _url(value: str) -> str:
    url = value.rstrip("/")
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in SCHEMES:
        raise ValueError(f"expected a bucket and a prefix, such as 's3://bucket/logs/{{environment}}', found {value!r}")
    for name in _PLACEHOLDER.findall(url):
        if name != ENVIRONMENT:
            near = suggestion(name, [ENVIRONMENT])
            raise ValueError(f"{{{name}}} is no placeholder (known: {{{ENVIRONMENT}}}{near})")
    _, bucket, prefix = parts(filled(url, _SAMPLE))
    if not bucket:
        raise ValueError(f"{value!r} names no bucket")
    if "@" in bucket or ":" in bucket:
        raise ValueError("a user, a password or a port does not belong into the URL; see logs.endpoint")
    if fault := bucket_fault(bucket):
        raise ValueError(fault)
    if prefix and not all(re.fullmatch(r"[\w.=-]+", part) and part != ".." for part in prefix.split("/")):
        raise ValueError(f"{value!r} has a prefix of other characters than letters, digits, '-', '.', '_', '=' and '/'")
    return url


class LogsSettings(Section):
    """``[logs]``: where the logs of tasks are kept.

    Attributes:
        url: A bucket and a prefix, ``s3://``, ``gs://`` or ``az://``, perhaps with ``{environment}`` in it; None keeps
            them on the machines that run the tasks.
        endpoint: Where the service is: one that is compatible with S3, or the account of Azure.
        region: Of an S3 bucket.
        connection: The id of the connection that Airflow uses, which the secrets backend answers.
        delete_local: Remove the folder of a task's log from the machine that ran it, once it is in the bucket.
    """

    url: Annotated[str, AfterValidator(_url)] | None = None
    endpoint: Endpoint | None = None
    region: Region | None = None
    connection: ConnectionId = "airside_logs"
    delete_local: bool = False

    @model_validator(mode="after")
    def _check_service(self) -> Self:
        if self.url is None:
            if self.endpoint or self.region:
                raise ValueError("expected the url of a bucket, such as 's3://bucket/logs/{environment}'")
            return self
        scheme, _, _ = parts(self.url)
        if scheme == "gs" and self.endpoint:
            raise ValueError("endpoint: gs:// has none")
        if scheme == "az" and not self.endpoint:
            raise ValueError("expected the endpoint of the account, such as 'https://account.blob.core.windows.net'")
        if scheme != "s3" and self.region:
            raise ValueError(f"region: {scheme}:// has none")
        return self
