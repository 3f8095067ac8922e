"""What is measured: bundles and their likes behind one face. Runs in the environment that has all of them.

`start` is what a new worker process does before it can run a task, `refresh` what a dag processor does every few
seconds. Imports of a subject are done by `prepare`, before any clock runs.
"""

import importlib
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import obstore
import zstandard
from obstore.store import S3Store

BUNDLES = {
    "airside": "airside.airflow:ReleaseBundle",
    "s3": "airflow.providers.amazon.aws.bundles.s3:S3DagBundle",
    "git": "airflow.providers.git.bundles.git:GitDagBundle",
}


class Subject(Protocol):
    """Something that brings files to where a worker reads them."""

    def start(self) -> None:
        """Make the files be there, as a process does that has just begun."""

    def refresh(self) -> None:
        """Look for changes."""

    @property
    def path(self) -> Path:
        """Where the files are."""


class Bundle:
    """A DAG bundle, made as Airflow makes it: by its class and its keyword arguments."""

    def __init__(self, bundle: Any) -> None:  # noqa: ANN401 - Airflow's classes are not typed here
        self._bundle = bundle

    def start(self) -> None:
        """Call what Airflow calls in a new process."""
        self._bundle.initialize()

    def refresh(self) -> None:
        """Call what the dag processor calls in its loop."""
        self._bundle.refresh()

    @property
    def path(self) -> Path:
        """What Airflow asks before every parse."""
        path: Path = self._bundle.path
        return path


class Floor:
    """The least that any way can take: one archive, downloaded and unpacked; not verified, not durable."""

    def __init__(self, *, url: str, store_options: dict[str, str], key: str, cache: str, name: str) -> None:
        self._bucket = bucket(url, store_options)
        self._key = key
        self.path = Path(cache, name)

    def start(self) -> None:
        """Download and unpack."""
        self.path.mkdir(parents=True)
        data = bytes(obstore.get(self._bucket, self._key).bytes())
        command = ["tar", "-x", "-C", str(self.path)]
        if shutil.which("zstd"):
            command.append("--zstd")
        else:
            data = zstandard.ZstdDecompressor().decompress(data)
        subprocess.run([*command, "-f", "-"], input=data, check=True)

    def refresh(self) -> None:
        """Do nothing: an archive has no changes."""


def bucket(url: str, options: Mapping[str, str]) -> S3Store:
    """Open `s3://bucket/prefix`."""
    parts = urlsplit(url)
    open_: Callable[..., S3Store] = S3Store
    return open_(parts.netloc, prefix=parts.path.strip("/"), client_options={"allow_http": True}, **options)


def prepare(kind: str) -> None:
    """Import what a subject of this kind needs, as a worker process has before it is given a task."""
    if kind in BUNDLES:
        _class(kind)
    if kind == "publish":
        importlib.import_module("bench.releases.publishing")


def make(kind: str, arguments: dict[str, Any]) -> Subject:
    """Return a subject; makes no request."""
    if kind == "floor":
        return Floor(**arguments)
    if kind == "publish":
        publishing = importlib.import_module("bench.releases.publishing")
        subject: Subject = publishing.Publication(**arguments)
        return subject
    return Bundle(_class(kind)(**arguments))


def _class(kind: str) -> Any:  # noqa: ANN401 - Airflow's classes are not typed here
    module, _, name = BUNDLES[kind].partition(":")
    return getattr(importlib.import_module(module), name)
