"""Modules of the tree that are imported only when a task runs: what is in them, without running them."""

import ast
from collections.abc import Iterable, Iterator
from types import CellType, CodeType, FunctionType, ModuleType

from airside.inspection.contract.imports import of_import, of_import_from
from airside.inspection.contract.sources import Source
from airside.inspection.contract.values import Dotted


def still_module(name: str, source: Source) -> ModuleType:
    """Return a module with the functions, classes, constants and imports that the file has at its top.

    None of its code has been run: functions are not decorated, and classes inherit from each other only.
    """
    module = ModuleType(name)
    module.__file__ = source.filename
    package = source.filename.endswith("/__init__.py")
    module.__package__ = name if package else name.rpartition(".")[0]
    code = compile(source.module, source.filename, "exec", dont_inherit=True)
    _Filling(module.__dict__, _codes(code)).fill(source.module.body)
    return module


class _Filling:
    def __init__(self, names: dict[str, object], codes: Iterable[CodeType]) -> None:
        self._names = names
        self._codes = {(code.co_firstlineno, code.co_name): code for code in codes}

    def fill(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._names[node.name] = self._function(node)
                case ast.ClassDef():
                    self._names[node.name] = self._class(node)
                case ast.Import() | ast.ImportFrom():
                    self._names.update(_imports(node, str(self._names["__package__"])))
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._names.update(_constant(name, value))
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    self._names.update(_constant(name, value))
                case ast.If() | ast.Try():
                    self.fill(node.body)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> object:
        line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        code = self._codes[line, node.name]
        function = FunctionType(code, self._names, node.name, None, tuple(CellType() for _ in code.co_freevars))
        function.__module__ = str(self._names["__name__"])
        decorators = {decorator.id for decorator in node.decorator_list if isinstance(decorator, ast.Name)}
        if "staticmethod" in decorators:
            return staticmethod(function)
        return classmethod(function) if "classmethod" in decorators else function

    def _class(self, node: ast.ClassDef) -> type:
        found = [self._names.get(base.id) for base in node.bases if isinstance(base, ast.Name)]
        # A class from elsewhere may run code when it is inherited from.
        own = tuple(base for base in found if isinstance(base, type) and base.__module__ == self._names["__name__"])
        methods = {
            n.name: self._function(n) for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        return type(node.name, own, {**methods, "__module__": self._names["__name__"]})


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _constant(name: str, value: ast.expr) -> dict[str, object]:
    try:
        return {name: ast.literal_eval(value)}
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return {}


def _imports(node: ast.Import | ast.ImportFrom, package: str) -> dict[str, object]:
    """Return mere names: what they stand for is found when they are used."""
    if isinstance(node, ast.Import):
        return {alias.asname or of_import(alias): Dotted(of_import(alias)) for alias in node.names}
    module = of_import_from(node, package)
    return {alias.asname or alias.name: Dotted(f"{module}.{alias.name}") for alias in node.names}
