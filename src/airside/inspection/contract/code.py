"""Reading a function, and those of the tree that it calls, for what they ask for."""

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import FunctionType
from typing import Final

from airside.inspection.contract.asks import Ask, Guard, Missing, Reading, Result
from airside.inspection.contract.calls import asks_of, environment_ask, pulls_of
from airside.inspection.contract.guards import behind, environment_test, version_test, without_tested
from airside.inspection.contract.imports import of_import_from
from airside.inspection.contract.modules import Modules
from airside.inspection.contract.packages import package_of, presence
from airside.inspection.contract.scope import Scope
from airside.inspection.contract.sources import Sources, plain
from airside.inspection.contract.values import Bound, Instance, Live, Value, full_name, texts

_MOST_FUNCTIONS: Final = 200
"""Of what one callable of a task reaches."""


def read_function(function: FunctionType, arguments: Mapping[str, Value], sources: Sources) -> Reading:
    """Return what `function`, called with these arguments, asks for; nothing where it is not of the tree."""
    reader = _Reader(sources)
    reader.follow(function, arguments, Guard())
    return without_tested(reader.reading)


class _Reader:
    def __init__(self, sources: Sources) -> None:
        self.reading = Reading()
        self._sources = sources
        self._seen: set[object] = set()
        self._modules = Modules(sources)
        self._root = str(sources.tree.root)

    def follow(self, function: FunctionType, arguments: Mapping[str, Value], guard: Guard) -> None:
        """Read `function`, once for each set of arguments."""
        key = (function.__code__, guard, tuple((name, repr(value)) for name, value in sorted(arguments.items())))
        if key in self._seen or len(self._seen) > _MOST_FUNCTIONS:
            return
        self._seen.add(key)
        found = self._sources.function(function)
        if found is not None:
            self._enter(Scope(function, found, self._modules, arguments), guard)

    def _enter(self, scope: Scope, guard: Guard) -> None:
        first = not self.reading.functions
        if first:
            self.reading.source = scope.source
        self.reading.functions.append(scope.node)
        body: ast.expr | list[ast.stmt] = scope.node.body
        if isinstance(body, ast.expr):
            self.expression(body, scope, guard)
            if first:
                self.reading.results.append(Result(body, scope))
            return
        _Body(self, scope, first=first).statements(body, guard)

    def expression(self, node: ast.AST, scope: Scope, guard: Guard) -> None:
        """Read an expression, or any other node that holds no statements."""
        match node:
            case ast.Lambda():
                self.expression(node.body, scope.inner(node), guard)
                return
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                scope = scope.within(node.generators)
                guard = behind([test for generator in node.generators for test in generator.ifs], guard)
            case ast.IfExp(test=test, body=body, orelse=other):
                self._alternatives(test, [body, other], scope, guard)
                return
            case ast.BoolOp(values=[first, *others]):
                self._alternatives(first, others, scope, guard)
                return
            case ast.Compare():
                self.reading.asks.extend(environment_test(node, scope))
            case ast.Call():
                self._call(node, scope, guard)
            case ast.Subscript():
                self.reading.asks.extend(environment_ask(node, scope, guard))
        for child in ast.iter_child_nodes(node):
            self.expression(child, scope, guard)

    def _alternatives(self, test: ast.expr, branches: Iterable[ast.expr], scope: Scope, guard: Guard) -> None:
        self.expression(test, scope, guard)
        for branch in branches:
            self.expression(branch, scope, behind([test], guard))

    def _call(self, node: ast.Call, scope: Scope, guard: Guard) -> None:
        called = scope.evaluate(node.func)
        self.reading.asks.extend(asks_of(node, called, scope, guard))
        self.reading.pulls.extend(pulls_of(node, scope, guard))
        if full_name(called) == "importlib.import_module" and node.args:
            named = texts(scope.evaluate(node.args[0])) or ()
            self.imported((name for name in named if not name.startswith(".")), node, scope, guard)
        self._follow_call(node, called, scope, guard)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(argument, ast.Name | ast.Attribute):
                self._follow_value(scope.evaluate(argument), {}, guard)

    def _follow_call(self, node: ast.Call, called: Value, scope: Scope, guard: Guard) -> None:
        function, owner = _function(called)
        if function is not None and self._sources.tree.path(function.__code__.co_filename) is not None:
            self.follow(function, _bound(function, owner, node, scope), guard)

    def _follow_value(self, value: Value, arguments: Mapping[str, Value], guard: Guard) -> None:
        if isinstance(value, Live) and isinstance(value.value, type):
            return
        function, _ = _function(value)
        if function is not None and self._sources.tree.path(function.__code__.co_filename) is not None:
            self.follow(function, arguments, guard)

    def imported(self, modules: Iterable[str], node: ast.stmt | ast.expr, scope: Scope, guard: Guard) -> None:
        """Note modules that are imported."""
        optional = guard.catches("ImportError", "ModuleNotFoundError")
        for module in modules:
            there = presence(module, self._root)
            place = scope.source.place(node)
            if there == "uninteresting" or not module:
                continue
            self.reading.asks.append(Ask("package", package_of(module), place, guard.certainty, optional))
            if there == "absent" and not optional:
                self.reading.missing.append(Missing(module, place, guard.certainty))


class _Body:
    """The statements of one function."""

    def __init__(self, reader: _Reader, scope: Scope, *, first: bool) -> None:
        self._reader = reader
        self._scope = scope
        self._first = first

    def statements(self, body: Iterable[ast.stmt], guard: Guard) -> None:
        for node in body:
            self._statement(node, guard)

    def _statement(self, node: ast.stmt, guard: Guard) -> None:
        read: Callable[..., None] | None = getattr(self, f"_read_{type(node).__name__.lower()}", None)
        if read is not None:
            read(node, guard)
        else:
            self._rest(node, guard)

    def _rest(self, node: ast.AST, guard: Guard) -> None:
        """Read the expressions of a statement as they stand, and the statements below as its own."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self._statement(child, guard)
            elif isinstance(child, ast.excepthandler | ast.match_case):
                self._rest(child, replace(guard, conditional=True))
            else:
                self._reader.expression(child, self._scope, guard)

    def _read_if(self, node: ast.If, guard: Guard) -> None:
        self._reader.expression(node.test, self._scope, guard)
        never, always = _outcome(node.test, self._scope)
        inner = guard if never or always else behind([node.test], guard)
        if not never:
            self.statements(node.body, inner)
        if not always:
            self.statements(node.orelse, inner)

    def _read_try(self, node: ast.Try, guard: Guard) -> None:
        caught = frozenset(name for handler in node.handlers if not _raises(handler) for name in _names(handler))
        self.statements(node.body, replace(guard, caught=guard.caught | caught))
        for handler in node.handlers:
            self.statements(handler.body, replace(guard, conditional=True))
        self.statements([*node.orelse, *node.finalbody], guard)

    def _read_with(self, node: ast.With, guard: Guard) -> None:
        caught: set[str] = set()
        for item in node.items:
            self._reader.expression(item, self._scope, guard)
            call = item.context_expr
            if isinstance(call, ast.Call) and full_name(self._scope.evaluate(call.func)) == "contextlib.suppress":
                caught.update(_last_name(argument) for argument in call.args)
        self.statements(node.body, replace(guard, caught=guard.caught | caught))

    def _read_return(self, node: ast.Return, guard: Guard) -> None:
        if node.value is not None:
            self._reader.expression(node.value, self._scope, guard)
            if self._first:
                self._reader.reading.results.append(Result(node.value, self._scope))

    def _read_functiondef(self, node: ast.FunctionDef, guard: Guard) -> None:
        _Body(self._reader, self._scope.inner(node), first=False).statements(node.body, guard)

    _read_asyncfunctiondef = _read_functiondef

    def _read_import(self, node: ast.Import, guard: Guard) -> None:
        self._reader.imported([alias.name for alias in node.names], node, self._scope, guard)

    def _read_importfrom(self, node: ast.ImportFrom, guard: Guard) -> None:
        self._reader.imported([of_import_from(node, self._scope.package)], node, self._scope, guard)


def _function(called: Value) -> tuple[FunctionType | None, Value]:
    """Return the function that is run, and the object that it is a method of."""
    match called:
        case Bound(function, owner):
            return function, owner
        case Live(type() as cls):
            init = inspect.getattr_static(cls, "__init__", None)
            return (init, Instance(cls)) if isinstance(init, FunctionType) else (None, None)
        case Live(thing) if callable(thing):
            owner = getattr(thing, "__self__", None)
            return plain(thing), None if owner is None else Live(owner)
    return None, None


def _bound(function: FunctionType, owner: Value, call: ast.Call, scope: Scope) -> dict[str, Value]:
    """Return what the parameters are that the call gives as texts; the owner goes to the first one."""
    code = function.__code__
    names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    arguments: dict[str, Value] = {}
    if owner is not None and names:
        arguments[names.pop(0)] = owner
    given = {**dict(zip(names, call.args, strict=False)), **{k.arg: k.value for k in call.keywords if k.arg}}
    for name in names:
        value = scope.evaluate(given[name]) if name in given else _default(function, name)
        if texts(value) is not None or isinstance(value, Instance):
            arguments[name] = value
    return arguments


def _default(function: FunctionType, name: str) -> Value:
    parameter = inspect.signature(function, follow_wrapped=False).parameters.get(name)
    default = parameter.default if parameter is not None else None
    return Live(default) if isinstance(default, str) else None


def _outcome(test: ast.expr, scope: Scope) -> tuple[bool, bool]:
    """Return whether the test never, and whether it always holds."""
    if isinstance(test, ast.Name | ast.Attribute) and _last_name(test) == "TYPE_CHECKING":
        return True, False
    value = scope.evaluate(test) if isinstance(test, ast.Constant) else version_test(test, scope)
    return (not value.value, bool(value.value)) if isinstance(value, Live) else (False, False)


def _names(handler: ast.ExceptHandler) -> Iterator[str]:
    if handler.type is None:
        yield "BaseException"
    elif isinstance(handler.type, ast.Tuple):
        yield from (_last_name(element) for element in handler.type.elts)
    else:
        yield _last_name(handler.type)


def _raises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for node in handler.body)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
