"""Finding the module that an import means, live or still."""

import sys
from types import ModuleType

from airside.inspection.contract.packages import find
from airside.inspection.contract.sources import Sources
from airside.inspection.contract.still import still_module
from airside.inspection.contract.values import Dotted, Live, Value, attribute


class Modules:
    """The modules that the code of a tree can name."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._still: dict[str, ModuleType | None] = {}

    def named(self, name: str) -> Value:
        """Return the module: one that has been imported, one of the tree that has not, or its mere name."""
        return self.resolve(Dotted(name))

    def resolve(self, value: Value) -> Value:
        """Return what a mere name stands for, if its module is imported or of the tree."""
        if not isinstance(value, Dotted):
            return value
        parts = value.name.split(".")
        for count in range(len(parts), 0, -1):
            name = ".".join(parts[:count])
            module = sys.modules.get(name) or self._of_tree(name)
            if module is not None:
                found: Value = Live(module)
                for part in parts[count:]:
                    found = attribute(found, part)
                return found
        return value

    def _of_tree(self, name: str) -> ModuleType | None:
        if name not in self._still:
            self._still[name] = None
            filename = find(name, str(self._sources.tree.root))
            source = self._sources.of(filename) if filename is not None else None
            self._still[name] = still_module(name, source) if source is not None else None
        return self._still[name]
