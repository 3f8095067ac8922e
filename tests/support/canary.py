"""Random secrets, and a search for them in all that a command leaves or shows.

Each secret holds a core of letters and digits, which looks the same as it is, in JSON, in a URL and in a `repr`; so a
search for the core finds the value in each of these, whole or in parts.
"""

import base64
import contextlib
import os
import secrets
import string
import sys
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import zstandard

_LENGTH = 16
_HALF = _LENGTH // 2
_MAX_BYTES = 32 * 1024 * 1024
_ZSTD = b"\x28\xb5\x2f\xfd"


def core() -> str:
    """Return a random text that is in nothing else."""
    letters = string.ascii_letters
    return secrets.choice(letters) + "".join(secrets.choice(letters + string.digits) for _ in range(_LENGTH - 1))


@dataclass
class Canaries:
    """Secrets, and where one may be.

    Attributes:
        cores: For each secret core its name.
    """

    cores: dict[str, str] = field(default_factory=dict)
    _needles: list[tuple[str, bytes]] = field(default_factory=list, repr=False)
    _clean: set[object] = field(default_factory=set, repr=False)

    def new(self, name: str) -> str:
        """Return a new core, known as `name`."""
        return self.know(core(), name)

    def know(self, text: str, name: str) -> str:
        """Search for `text`, a secret that was made elsewhere, too."""
        self.cores[text] = name
        self._needles += [(f"{name} ({form})", needle) for form, needle in _forms(text.encode())]
        return text

    def found(self, data: bytes | str) -> set[str]:
        """Return the names of the secrets that are in `data`, in any form, packed or not."""
        raw = data.encode(errors="surrogateescape") if isinstance(data, str) else data
        seen = [raw, *_unpacked(raw)]
        return {what for what, needle in self._needles if any(needle in one for one in seen)}

    def in_files(self, folders: Iterable[Path], *, besides: Iterable[Path] = ()) -> set[str]:
        """Return which secrets are in names and contents of files below `folders`, apart from the files `besides`."""
        allowed = set(besides)
        found: set[str] = set()
        for path in _files(folders):
            if path not in allowed:
                with contextlib.suppress(OSError):  # it went away, or is not ours
                    found |= self._in_file(path)
        return found

    def _in_file(self, path: Path) -> set[str]:
        # A secret is younger than a file that was looked at and has not changed since.
        state = path.stat()
        stamp = (path, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
        if stamp in self._clean or state.st_size > _MAX_BYTES:
            return set()
        found = {f"{what} in {path}" for what in self.found(path.read_bytes()) | self.found(str(path))}
        if not found:
            self._clean.add(stamp)
        return found

    def in_process(self, number: int) -> set[str]:
        """Return which secrets others can read in the table of processes about the process `number`."""
        found = set()
        for name in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                data = Path(f"/proc/{number}/{name}").read_bytes()
                if (stamp := hash(data)) not in self._clean:
                    found |= {f"{what} in {name} of process {number}" for what in self.found(data)}
                    self._clean.add(stamp)
        return found


def _forms(raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield "first half", raw[:_HALF]
    yield "second half", raw[_HALF:_LENGTH]
    yield "reversed", raw[::-1]
    yield "hexadecimal", raw.hex().encode()
    yield "upper-case hexadecimal", raw.hex().upper().encode()
    for offset in range(3):
        # What is before it shifts it; of its own first and last characters, those that its neighbours share are cut.
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            shifted = encode(b"\0" * offset + raw)
            end = (offset + len(raw)) // 3 * 4
            yield f"base64 at {offset}", shifted[4 if offset else 0 : end]


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yield what `data` is when unpacked: a pack of a store, an object of git."""
    with contextlib.suppress(zstandard.ZstdError, zlib.error):
        if data.startswith(_ZSTD):
            with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
                yield reader.read()
        elif data[:1] == b"\x78":
            yield zlib.decompress(data)


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for top, _, names in os.walk(folder):
            yield from (path for name in names if (path := Path(top, name)).is_file() and not path.is_symlink())


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield `error` and all that it comes from, what a `from None` hides as well."""
    left, seen = [error], set[int]()
    while left:
        if (one := left.pop()) is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            left += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


def told_by(error: BaseException) -> str:
    """Return all that an error says or carries: a report of a crash may have each of its attributes."""
    return "\n".join(f"{type(one).__name__} {one} {one!r} {one.args!r} {_attributes(one)}" for one in chain(error))


def _attributes(error: BaseException) -> str:
    named = {name: getattr(error, name, None) for name in ("object", "doc", "output", "stderr", "problem", "context")}
    return repr({**named, **vars(error), "notes": getattr(error, "__notes__", ())})


Hook = Callable[[str, tuple[Any, ...]], None]
_HOOKS: list[Hook] = []


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    for hook in tuple(_HOOKS):
        hook(event, arguments)


_IS_HOOKED: list[bool] = []


@dataclass
class Watch:
    """Looks at what this process starts, and at folders, for as long as a command runs.

    Every child is seen as it is started (PEP 578), and children of children as often as the table of processes can be
    read.

    Attributes:
        canaries: What is looked for.
        folders: Where nothing may lie meanwhile either.
        besides: Files there that may hold one.
        found: What was found.
        children: How many children were started.
        sampled: How many processes were looked at in the table.
    """

    canaries: Canaries
    folders: tuple[Path, ...] = ()
    besides: Sequence[Path] = ()
    found: set[str] = field(default_factory=set)
    children: int = 0
    sampled: int = 0

    def __enter__(self) -> Self:
        if not _IS_HOOKED:
            sys.addaudithook(_audit)
            _IS_HOOKED.append(True)
        _HOOKS.append(self._started)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        _HOOKS.remove(self._started)
        self._over.set()
        self._thread.join()

    def _started(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "subprocess.Popen":
            return
        _, argv, _, variables = arguments
        self.children += 1
        line = "\0".join(map(os.fsdecode, [argv] if isinstance(argv, str | bytes) else argv))
        environment: Mapping[Any, Any] = os.environ if variables is None else variables  # noqa: TID251 - what it inherits
        pairs = "\0".join(f"{os.fsdecode(name)}={os.fsdecode(value)}" for name, value in environment.items())
        self.found |= {f"{what} in arguments of {line[:200]}" for what in self.canaries.found(line)}
        self.found |= {f"{what} in the environment of {line[:200]}" for what in self.canaries.found(pairs)}

    def _sample(self) -> None:
        while not self._over.wait(0.005):
            for process in descendants(os.getpid()):
                self.sampled += 1
                self.found |= self.canaries.in_process(process)
            self.found |= self.canaries.in_files(self.folders, besides=self.besides)


def descendants(number: int) -> Iterator[int]:
    """Yield the processes that the process `number` and its children have started."""
    for path in Path(f"/proc/{number}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, path.read_text().split()):
                yield child
                yield from descendants(child)
