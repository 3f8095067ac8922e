"""Modules that are imported when a task runs, and whether they are there."""

import sys
from functools import lru_cache
from importlib.machinery import ModuleSpec, PathFinder
from typing import Final, Literal

_OWN: Final = frozenset({"airflow", "airside"})
"""What runs the tasks is there; of Airflow, providers are packages of their own."""

Presence = Literal["present", "absent", "uninteresting"]


def package_of(module: str) -> str:
    """Return the name under which the need for this module is known."""
    parts = module.split(".")
    return ".".join(parts[:3]) if parts[:2] == ["airflow", "providers"] else parts[0]


@lru_cache(maxsize=1024)
def presence(module: str, root: str) -> Presence:
    """Say whether the module can be imported; no code of it is run.

    A module of the standard library, of Airflow or of the tree below `root` is no need of the environment.
    """
    top = module.split(".", maxsplit=1)[0]
    if top in sys.builtin_module_names or top == "__future__" or module in sys.modules:
        return "uninteresting" if _known(module, root) else "present"
    origin = _origin(module)
    if origin is None:
        return "absent"
    return "uninteresting" if origin.startswith(f"{root}/") or _known(module, root) else "present"


def find(module: str, root: str) -> str | None:
    """Return the file of a module below `root`; None for others."""
    if module.split(".", maxsplit=1)[0] in sys.stdlib_module_names:
        return None
    origin = _origin(module)
    return origin if origin is not None and origin.startswith(f"{root}/") and origin.endswith(".py") else None


def _known(module: str, root: str) -> bool:
    top = module.split(".", maxsplit=1)[0]
    if top in sys.stdlib_module_names or (top in _OWN and not module.startswith("airflow.providers.")):
        return True
    file = getattr(sys.modules.get(module), "__file__", None)
    return isinstance(file, str) and file.startswith(f"{root}/")


def _origin(module: str) -> str | None:
    """Return where a module comes from, or nothing but "" where no file says so; None where it is not found."""
    path: list[str] | None = None
    name, spec = "", None
    for part in module.split("."):
        name = f"{name}.{part}" if name else part
        spec = _spec(name, path)
        if spec is None:
            return None
        if spec.submodule_search_locations is None:
            break
        path = list(spec.submodule_search_locations)
    if spec is None or name != module:
        # What is below a plain module is made when it is imported, as `os.path` is.
        return ""
    return spec.origin or (path[0] if path else "")


def _spec(name: str, path: list[str] | None) -> ModuleSpec | None:
    loaded = sys.modules.get(name)
    if loaded is not None and getattr(loaded, "__spec__", None) is not None:
        return loaded.__spec__
    for finder in sys.meta_path:
        # An editable install has a finder of its own.
        find = getattr(finder, "find_spec", None)
        spec: ModuleSpec | None = find(name, path, None) if find is not None else None
        if spec is not None:
            return spec
    return PathFinder.find_spec(name, path)
