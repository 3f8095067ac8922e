"""Which file has a workflow: first those in which its id is written, then all."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.testing.processes.work import Listed

Stamp = tuple[int, int]


class Reader(Protocol):
    """Reads DAG files in another process."""

    def names(self) -> list[Path]:
        """Return the files that Airflow takes for DAG files."""

    def read(self, files: list[Path]) -> Mapping[Path, Listed]:
        """Return what files have."""


@dataclass(slots=True)
class Index:
    """The workflows of one folder.

    Attributes:
        folder: The folder with the DAG files.
    """

    folder: Path
    _names: list[Path] = field(default_factory=list)
    _texts: dict[Path, tuple[Stamp, bytes]] = field(default_factory=dict)
    _known: dict[Path, tuple[Stamp, Listed]] = field(default_factory=dict)
    _found: dict[str, Path] = field(default_factory=dict)

    def likely(self, dag_id: str, reader: Reader) -> Iterator[Path]:
        """Yield the files that may have a workflow, the likeliest first; whoever looks into one says what it has."""
        sure = [path for path, listed in self._current() if dag_id in listed.dag_ids]
        if (found := self._found.get(dag_id)) is not None and found.is_file():
            sure.append(found)
        yield from sure
        if not self._names:
            self._names = reader.names()
        read = {path for path, _ in self._current()}
        yield from (path for path in self._with_text(dag_id) if path not in read and path not in sure)

    def search(self, dag_id: str, reader: Reader) -> Path:
        """Read all files; return the one that has a workflow, or else one that has its id and does not import.

        Raises:
            UsageError: There is no such workflow.
        """
        for path, listed in self.all(reader).items():
            if dag_id in listed.dag_ids:
                return path
        for path in self._with_text(dag_id):
            if self._known[path][1].failure is not None:
                return path
        raise self._unknown(dag_id)

    def all(self, reader: Reader) -> Mapping[Path, Listed]:
        """Return what each DAG file has."""
        self._names = reader.names()
        self._known.clear()
        for path, listed in reader.read(self._names).items():
            self.learn(path, listed)
        return {path: listed for path, (_, listed) in self._known.items()}

    def found(self, dag_id: str, path: Path) -> None:
        """Note that a file has a workflow, whatever else it has."""
        self._found[dag_id] = path

    def learn(self, path: Path, listed: Listed) -> None:
        """Note what a file has."""
        if (stamp := _stamp(path)) is not None:
            self._known[path] = stamp, listed

    def _current(self) -> Iterator[tuple[Path, Listed]]:
        """Yield what is known of files that are as they were."""
        known = list(self._known.items())
        yield from ((path, listed) for path, (stamp, listed) in known if _stamp(path) == stamp)

    def _with_text(self, dag_id: str) -> list[Path]:
        """Return the files in which the id is written: first those that have it as a word, and are called like it."""
        word = re.compile(rb"(?<![\w.-])" + re.escape(dag_id.encode()) + rb"(?![\w.-])")
        found = [(path, text) for path in self._names if dag_id.encode() in (text := self._text(path))]
        found.sort(key=lambda entry: (word.search(entry[1]) is None, entry[0].stem != dag_id))
        return [path for path, _ in found]

    def _text(self, path: Path) -> bytes:
        if (stamp := _stamp(path)) is None:
            return b""
        known = self._texts.get(path)
        if known is None or known[0] != stamp:
            known = self._texts[path] = stamp, path.read_bytes()
        return known[1]

    def _unknown(self, dag_id: str) -> UsageError:
        ids = sorted({name for _, listed in self._current() for name in listed.dag_ids})
        broken = sorted((path, listed.failure) for path, listed in self._current() if listed.failure is not None)
        said = f"There is no workflow {dag_id!r} in {self.folder}{suggestion(dag_id, ids)}"
        # One of these may have it, under an id that is made when it is imported.
        unread = (f"\n{_shown(path, self.folder)} does not import: {failure}" for path, failure in broken)
        return UsageError(said + "".join(unread), hint=f"There are: {', '.join(ids) or 'none'}.")


def _shown(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
