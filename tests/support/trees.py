"""Trees and files for tests of releases: one fixed set, and strategies for any."""

from collections.abc import Mapping

from hypothesis import strategies as st

from airside.base.paths import path_fault
from airside.release.source import SourceFile
from airside.release.validation import listing_faults

FIXED = [
    SourceFile(path="dags/orders.py", content=b"from airflow.sdk import dag\n", executable=False),
    SourceFile(path="dags/.airflowignore", content=b"helpers/\n", executable=False),
    SourceFile(path="dags/helpers/__init__.py", content=b"", executable=False),
    SourceFile(path="dags/helpers/copy_of_orders.py", content=b"from airflow.sdk import dag\n", executable=False),
    SourceFile(path="lib/run.sh", content=b"#!/bin/sh\nexec true\n", executable=True),
    SourceFile(path="lib/größe.sql", content="select 'größe'\n".encode(), executable=False),
]

names = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=6)
paths = st.lists(names, min_size=1, max_size=3).map("/".join).filter(lambda path: path_fault(path) is None)


def _sources(files: Mapping[str, tuple[bytes, bool]]) -> list[SourceFile]:
    return [SourceFile(path, content, executable) for path, (content, executable) in files.items()]


sources = (
    st.dictionaries(paths, st.tuples(st.binary(max_size=40), st.booleans()), max_size=6)
    .map(_sources)
    .filter(lambda files: not listing_faults([(file.path, len(file.content)) for file in files]))
)
"""Sets of files that can be in one tree."""


def flips(data: bytes) -> list[bytes]:
    """Return `data` with one bit flipped, for every bit."""
    flipped = []
    for index in range(len(data) * 8):
        copy = bytearray(data)
        copy[index // 8] ^= 1 << (index % 8)
        flipped.append(bytes(copy))
    return flipped
