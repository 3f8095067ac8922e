"""What import statements name."""

import ast


def of_import(alias: ast.alias) -> str:
    """Return the full name of the module that ``import a.b`` or ``import a.b as c`` binds."""
    return alias.name if alias.asname else alias.name.split(".")[0]


def of_import_from(node: ast.ImportFrom, package: str) -> str:
    """Return the full name of the module that is imported from, in a module of `package`."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)
