"""All worker processes of a run."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.releases.host import Host, hosting

KINDS = ("airside", "s3", "git", "floor", "publish")
TRACKING_KINDS = ("airside", "s3", "git")


@dataclass(frozen=True)
class Hosts:
    """Worker processes by kind: those that start new processes, and those that hold a bundle."""

    new: Mapping[str, Host]
    held: Mapping[str, Host]
    folder: Path

    def cache(self, kind: str) -> Path:
        """Return where bundles of this kind put their files."""
        return self.folder / kind / "bundles"


@contextmanager
def all_hosts(python: Path, folder: Path, environ: Mapping[str, str]) -> Iterator[Hosts]:
    """Run the worker processes until the block ends."""
    with ExitStack() as stack:
        new = {kind: stack.enter_context(hosting(python, kind, folder / kind, environ)) for kind in KINDS}
        held = {kind: stack.enter_context(hosting(python, kind, folder / kind, environ)) for kind in TRACKING_KINDS}
        yield Hosts(new, held, folder)
