"""What the names in a function stand for."""

import ast
import itertools
import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import FunctionType
from typing import Final

from airside.inspection.contract.imports import of_import, of_import_from
from airside.inspection.contract.modules import Modules
from airside.inspection.contract.sources import FunctionNode, Source
from airside.inspection.contract.values import Choice, Dotted, Instance, Live, Value, attribute, texts

_MOST_STEPS: Final = 12
"""Names that stand for names that … deeper than this are unknown."""

_MOST_CHOICES: Final = 50


class Scope:
    """A function, and with what it is called.

    Attributes:
        source: The file.
        node: The function.
        modules: What imports mean.
    """

    def __init__(
        self,
        function: FunctionType,
        place: tuple[Source, FunctionNode],
        modules: Modules,
        arguments: Mapping[str, Value] | None = None,
        outer: "Scope | None" = None,
    ) -> None:
        self.source, self.node = place
        self.modules = modules
        self._function = function
        self._arguments = arguments or {}
        self._outer = outer
        self._steps = 0

    def inner(self, node: FunctionNode) -> "Scope":
        """Return the scope of a function that is defined in this one."""
        return Scope(self._function, (self.source, node), self.modules, outer=self)

    def within(self, generators: list[ast.comprehension]) -> "Scope":
        """Return the scope of a comprehension in this function, whose names are its own."""
        scope = Scope(self._function, (self.source, self.node), self.modules, outer=self)
        named = (found for generator in generators for found in scope._each(generator.target, generator.iter))
        scope._local = {name: [meaning] for name, meaning in named}
        return scope

    @property
    def package(self) -> str:
        """The package that relative imports begin at."""
        return str(self._function.__globals__.get("__package__") or "")

    def evaluate(self, node: ast.expr | None) -> Value:
        """Return what `node` is."""
        if node is None or self._steps > _MOST_STEPS:
            return None
        self._steps += 1
        try:
            return self._evaluate(node)
        finally:
            self._steps -= 1

    def _evaluate(self, node: ast.expr) -> Value:  # noqa: C901, PLR0911 - a table: one line for each kind of expression
        match node:
            case ast.Constant(value=value):
                return Live(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute(value=owner, attr=name):
                return self.modules.resolve(attribute(self.evaluate(owner), name))
            case ast.JoinedStr(values=values):
                return _joined([self.evaluate(value) for value in values])
            case ast.FormattedValue(value=value, format_spec=None, conversion=-1):
                return self.evaluate(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([self.evaluate(left), self.evaluate(right)])
            case ast.IfExp(body=body, orelse=other):
                return choice([self.evaluate(body), self.evaluate(other)])
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return _collection([self.evaluate(element) for element in elements])
            case ast.Dict(keys=keys, values=values):
                return _mapping([self.evaluate(key) for key in keys], [self.evaluate(value) for value in values])
            case ast.Subscript(value=owner, slice=key):
                return _item(self.evaluate(owner), self.evaluate(key))
            case ast.Call(func=called):
                return _made(self.evaluate(called))
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.evaluate(value)
        return None

    def _name(self, name: str) -> Value:
        if name in self._local:
            return choice([found() if isinstance(found, _Later) else found for found in self._local[name]])
        if self._outer is not None:
            return self._outer.evaluate(ast.Name(id=name))
        for known in (self._closure, self._function.__globals__, _builtins(self._function)):
            if name in known:
                value = known[name]
                # In a module that has not been run.
                return self.modules.resolve(value) if isinstance(value, Dotted) else Live(value)
        return None

    @cached_property
    def _closure(self) -> dict[str, object]:
        cells = zip(self._function.__code__.co_freevars, self._function.__closure__ or (), strict=False)
        return {name: cell.cell_contents for name, cell in cells if _filled(cell)}

    @cached_property
    def _local(self) -> dict[str, list["_Meaning"]]:
        local: dict[str, list[_Meaning]] = {}
        for name, value in self._parameters():
            local.setdefault(name, []).append(value)
        body = [] if isinstance(self.node, ast.Lambda) else self.node.body
        for name, meaning in self._assigned(body):
            local.setdefault(name, []).append(meaning)
        for name in _declared_global(body):
            local.pop(name, None)
        return local

    def _parameters(self) -> Iterator[tuple[str, Value]]:
        arguments = self.node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            yield argument.arg, self._arguments.get(argument.arg)
        for rest in (arguments.vararg, arguments.kwarg):
            if rest is not None:
                yield rest.arg, None

    def _assigned(self, body: list[ast.stmt]) -> Iterator[tuple[str, "_Meaning"]]:
        for node in _shallow(body):
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        yield from self._target(target, value)
                case (
                    ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                    | ast.NamedExpr(target=ast.Name(id=name), value=value)
                ):
                    yield name, _Later(self, value)
                case ast.For(target=target, iter=values) | ast.AsyncFor(target=target, iter=values):
                    yield from self._each(target, values)
                case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                    yield from self._target(target, value)
                case ast.Import() | ast.ImportFrom():
                    yield from self._imported(node)
                case _:
                    yield from ((name, None) for name in _unknown(node))

    def _imported(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, "_Meaning"]]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.split(".")[0], self.modules.named(of_import(alias))
            return
        module = self.modules.named(of_import_from(node, self.package))
        for alias in node.names:
            yield alias.asname or alias.name, self.modules.resolve(attribute(module, alias.name))

    def _target(self, target: ast.expr, value: ast.expr) -> Iterator[tuple[str, "_Meaning"]]:
        if isinstance(target, ast.Name):
            yield target.id, _Later(self, value)
        elif isinstance(target, ast.Tuple | ast.List):
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            for index, inner in enumerate(target.elts):
                if isinstance(inner, ast.Name):
                    yield inner.id, _Later(self, parts[index]) if len(parts) == len(target.elts) else None

    def _each(self, target: ast.expr, values: ast.expr) -> Iterator[tuple[str, "_Meaning"]]:
        if isinstance(target, ast.Name):
            yield target.id, _Later(self, values, each=True)
        else:
            yield from ((inner.id, None) for inner in ast.walk(target) if isinstance(inner, ast.Name))


class _Later:
    """An expression that is looked at when its name is asked for."""

    __slots__ = ("each", "node", "scope")

    def __init__(self, scope: Scope, node: ast.expr, *, each: bool = False) -> None:
        self.scope = scope
        self.node = node
        self.each = each

    def __call__(self) -> Value:
        value = self.scope.evaluate(self.node)
        if not self.each:
            return value
        if isinstance(value, Live) and isinstance(value.value, list | tuple | set | frozenset | dict):
            return choice([Live(item) for item in list(value.value)[:_MOST_CHOICES]])
        return None


_Meaning = _Later | Value


def choice(values: list[Value]) -> Value:
    """Return what one of these is; None where one of them is unknown."""
    if len(values) == 1:
        return values[0]
    lives: list[Live] = []
    for value in values:
        if isinstance(value, Live):
            lives.append(value)
        elif isinstance(value, Choice):
            lives.extend(value.values)
        else:
            return None
    return Choice(tuple(lives)) if lives else None


def _joined(parts: list[Value]) -> Value:
    strings = [found for part in parts if (found := texts(part)) is not None]
    if len(strings) < len(parts) or math.prod(map(len, strings)) > _MOST_CHOICES:
        return None
    return choice([Live("".join(combined)) for combined in itertools.product(*strings)])


def _collection(elements: list[Value]) -> Value:
    lives = [element.value for element in elements if isinstance(element, Live)]
    return Live(lives) if len(lives) == len(elements) else None


def _mapping(keys: list[Value], values: list[Value]) -> Value:
    found = {}
    for key, value in zip(keys, values, strict=True):
        if not (isinstance(key, Live) and isinstance(value, Live) and isinstance(key.value, str | int)):
            return None
        found[key.value] = value.value
    return Live(found)


def _item(owner: Value, key: Value) -> Value:
    # Only of Python's own types: others may run code.
    if isinstance(key, Choice):
        return choice([_item(owner, one) for one in key.values])
    if isinstance(owner, Live) and isinstance(key, Live) and type(owner.value) in {dict, list, tuple}:
        try:
            return Live(owner.value[key.value])
        except (LookupError, TypeError):
            return None
    return None


def _made(called: Value) -> Value:
    if isinstance(called, Live) and isinstance(called.value, type):
        return Instance(called.value)
    return None


def _shallow(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes of a function, but not those of functions and classes in it."""
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))


def _unknown(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement gives to something of which nothing is known."""
    match node:
        case ast.AugAssign(target=ast.Name(id=name)) | ast.ExceptHandler(name=str() as name):
            yield name
        case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name


def _declared_global(body: list[ast.stmt]) -> Iterator[str]:
    for node in _shallow(body):
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names


def _builtins(function: FunctionType) -> Mapping[str, object]:
    found = function.__globals__.get("__builtins__", {})
    return found if isinstance(found, dict) else vars(found)


def _filled(cell: object) -> bool:
    try:
        cell.cell_contents  # type: ignore[attr-defined]  # noqa: B018 - an empty cell raises
    except ValueError:
        return False
    return True
