"""Whether reading a file has left anything behind that the next file in the same process could meet.

A process of its own for each file costs four times what reading a simple file does: every page that Python touches is
copied. Most DAG files only declare: they import a few names of Airflow and call them. After one that provably did no
more than that, its process may read another file. Any doubt ends the process.
"""

import dis
import os
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType
from typing import Final

from airside.inspection import kernel
from airside.inspection.code_parts import parts
from airside.inspection.places import Tree

# fmt: off
_MODULES: Final = frozenset((
    "__future__", "airside", "airside.config", "collections", "datetime", "itertools", "json", "math", "os", "os.path",
    "pathlib", "pendulum", "re", "string", "textwrap", "time", "typing", "zoneinfo",
))
# fmt: on
_AIRFLOW: Final = ("airflow.sdk", "airflow.decorators", "airflow.providers.")
"""What such a file imports; none of it keeps what it is given, but for what the names below would change."""

# fmt: off
_CHANGING: Final = frozenset((
    "setattr", "getattr", "delattr", "exec", "eval", "compile", "vars", "locals", "open", "input", "breakpoint", "type",
    "append", "extend", "insert", "update", "setdefault", "pop", "popitem", "clear", "remove", "discard", "add",
    "sort", "reverse", "appendleft", "register", "configure", "patch", "install", "freeze", "travel", "travel_to",
    "test_now", "mask_secret", "cache", "lru_cache", "Variable", "Connection", "BaseHook", "super", "sys", "modules",
    "putenv", "unsetenv", "umask", "nice", "dup", "dup2", "close", "closerange", "chdir", "fchdir", "tzset", "seed",
    "purge",
))
# fmt: on
"""Names with which code can change what is not its own."""

_DUNDERS: Final = frozenset(
    ("__name__", "__file__", "__doc__", "__module__", "__qualname__", "__annotations__", "__future__")
)
_SETTERS: Final = frozenset({"set", "set_upstream", "set_downstream", "setup"})

_OPERATIONS: Final = frozenset(
    dis.opmap[name]
    for name in ("STORE_ATTR", "DELETE_ATTR", "STORE_SUBSCR", "DELETE_SUBSCR", "LOAD_BUILD_CLASS", "IMPORT_STAR")
    if name in dis.opmap
)
"""Of these, classes are known to their bases, and the others change an object that may be anybody's."""


@dataclass(frozen=True, slots=True)
class State:
    """What a process looks like between two files."""

    modules: int
    path: tuple[str, ...]
    environment: dict[str, str]
    folder: str
    threads: int
    children: int

    @classmethod
    def now(cls) -> "State":
        """Return that of this process."""
        return cls(
            modules=len(sys.modules),
            path=tuple(sys.path),
            environment=dict(os.environ),  # noqa: TID251 - whether it was changed, not what is in it
            folder=os.getcwd(),  # noqa: PTH109 - pathlib takes ten times as long
            threads=threading.active_count(),
            children=len(kernel.children(os.getpid())),
        )


def forget(tree: Tree) -> None:
    """Remove the modules of the tree, which a new process would not have."""
    # Backwards and only the youngest: the warm process has more than a thousand, none of them of the tree.
    for name, module in list(sys.modules.items()):
        if tree.path(getattr(module, "__file__", None)) is not None:
            del sys.modules[name]


def only_declares(codes: Iterable[CodeType], tree: Tree) -> bool:
    """Return whether code of the tree that was run can have changed nothing but its own modules."""
    return all(_is_harmless(part, tree) for code in codes for part in parts(code))


def _is_harmless(code: CodeType, tree: Tree) -> bool:
    # Every other byte is an operation, or a cache that holds zeros (the attribute `co_code` shows it so).
    if not _OPERATIONS.isdisjoint(code.co_code[::2]) or not _CHANGING.isdisjoint(code.co_names):
        return False
    if any(
        (name.startswith("__") and name not in _DUNDERS)
        or (name.startswith(("set", "register")) and name not in _SETTERS)
        for name in code.co_names
    ):
        return False
    return all(_is_known(module, tree) for module in _imported(code))


def _imported(code: CodeType) -> Iterable[str]:
    operations = code.co_code
    wanted = dis.opmap["IMPORT_NAME"]
    if wanted not in operations[::2]:
        return ()
    return [str(step.argval) for step in dis.get_instructions(code) if step.opcode == wanted]


def _is_known(module: str, tree: Tree) -> bool:
    if module in _MODULES or module.startswith(_AIRFLOW):
        return True
    # One of the tree was run as well, is looked at as well, and is forgotten.
    return tree.path(getattr(sys.modules.get(module), "__file__", None)) is not None
