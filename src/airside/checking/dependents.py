"""Which files of a workspace depend on which, told from their text alone, without running anything.

It errs on one side: a file may be said to depend on another one though it does not. Imports are found by their lines
and not by the syntax tree: it is ten times as fast, and a file with a syntax error has dependents too.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath

_IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*(?:"
    r"from[ \t]+(?P<base>\.*[\w.]*)[ \t]+import[ \t]*(?P<names>\((?:[^)#]|#[^\n]*)*\)?|(?:[^\n#;\\]|\\\n)*)"
    r"|import[ \t]+(?P<modules>(?:[^\n#;\\]|\\\n)+)"
    r")",
    re.MULTILINE,
)
_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(r"[\w.]+")
_SHORTEST = 3
"""Characters of a name that is looked for in texts: ``a`` of ``a.sql`` would be found in all of them."""


class Dependents:
    """What depends on what, among the files of a workspace.

    Args:
        texts: The text of each file, by its path in the tree.
        known: Of some files what they were seen to import or to read.
    """

    def __init__(self, texts: Mapping[str, str], known: Mapping[str, Iterable[str]]) -> None:
        self._texts = texts
        self._importers: dict[str, set[str]] = defaultdict(set)
        self._modules = frozenset(texts)
        for path, text in texts.items():
            if path.endswith(".py"):
                for name in set(_imports(path, text)):
                    self._add(path, name)
        for path, used in known.items():
            for other in used:
                self._importers[other].add(path)

    def of(self, changed: Iterable[str]) -> frozenset[str]:
        """Return the files `changed`, which may be gone, and all that depend on them, through others as well."""
        found: set[str] = set()
        waiting = list(changed)
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                waiting += self._importers.get(path, ())
                waiting += self._mentioning(path)
        return frozenset(found)

    def _add(self, importer: str, module: str) -> None:
        parts = module.split(".")
        for root in _roots(importer):
            # The packages around a module are run with it. A file that is gone is imported as well.
            for end in range(1, len(parts) + 1):
                stem = "/".join((*root, *parts[:end]))
                self._importers[f"{stem}.py"].add(importer)
                self._importers[f"{stem}/__init__.py"].add(importer)

    def _mentioning(self, path: str) -> Iterator[str]:
        """Yield the files that name `path`: by its name, else by the folder that it is in."""
        place = PurePosixPath(path)
        found = self._with_any(path, _needles(place))
        if not found and place.suffix != ".py" and len(place.parts) > 1:
            found = self._with_any(path, [place.parent.name])
        yield from found

    def _with_any(self, path: str, needles: Collection[str]) -> list[str]:
        return [
            other for other, text in self._texts.items() if other != path and any(needle in text for needle in needles)
        ]


def _needles(place: PurePosixPath) -> list[str]:
    if place.suffix == ".py":
        # Named in a string: a script, or a module that is imported by its name.
        dotted = ".".join(place.with_suffix("").parts)
        return [place.name, dotted] if place.name != "__init__.py" and "." in dotted else []
    return [name for name in (place.name, place.stem) if len(name) >= _SHORTEST]


def _roots(importer: str) -> Iterator[tuple[str, ...]]:
    """Yield the folders that modules may be found in: the top, and those around the file, which it may add."""
    folders = PurePosixPath(importer).parent.parts
    yield from (folders[:end] for end in range(len(folders) + 1))


def _imports(path: str, text: str) -> Iterator[str]:
    """Yield the names of modules in the imports of a file; some are names of what is in a module."""
    for match in _IMPORT.finditer(text):
        if match["modules"]:
            yield from (part.split()[0] for part in match["modules"].replace("\\\n", " ").split(",") if part.split())
        elif base := _absolute(path, match["base"]):
            yield base
            yield from (f"{base}.{name}" for name in _NAME.findall(_COMMENT.sub("", match["names"])))


def _absolute(path: str, base: str) -> str:
    relative = base.lstrip(".")
    dots = len(base) - len(relative)
    folders = PurePosixPath(path).parent.parts
    kept = folders[: len(folders) - dots + 1] if dots else ()
    return ".".join([*kept, *filter(None, [relative])])
