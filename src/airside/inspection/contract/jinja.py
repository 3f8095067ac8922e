"""Reading one template: what it asks for, and which names it uses."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, TypeAlias

import jinja2
from airflow.sdk.definitions.context import KNOWN_CONTEXT_KEYS
from airflow.sdk.execution_time import macros
from jinja2 import meta, nodes

from airside.release.description import Certainty, NeedKind

_TASK_INSTANCES: Final = frozenset({"ti", "task_instance"})


@dataclass(frozen=True, slots=True)
class Use:
    """Something that a template uses, at a line of it, from 1."""

    name: str
    line: int
    certainty: Certainty = "exact"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TemplatePull:
    """An XCom that it pulls from these tasks of its own workflow."""

    tasks: tuple[str, ...]
    line: int
    ordered: bool = True


@dataclass(slots=True)
class Template:
    """What was found in a template.

    Attributes:
        fault: The message of Jinja where it is no template, with the line.
        needs: Connections and variables.
        pulls: XComs.
        unknown: Names that nobody defines.
        functions: Names of filters and tests that there are none of.
        macros: Attributes of `macros` that there are none of.
        params: Parameters of the workflow.
        includes: Templates that it includes, extends or imports.
        assigned: Names that it gives a value somewhere; those that it includes see them.
    """

    fault: tuple[str, int] | None = None
    needs: list[tuple[NeedKind, Use]] = field(default_factory=list)
    pulls: list[TemplatePull] = field(default_factory=list)
    unknown: list[Use] = field(default_factory=list)
    functions: list[Use] = field(default_factory=list)
    macros: list[Use] = field(default_factory=list)
    params: list[Use] = field(default_factory=list)
    includes: list[Use] = field(default_factory=list)
    assigned: frozenset[str] = frozenset()


Chain: TypeAlias = list[object]
"""``var.value['x']`` as ``["var", "value", "x"]``; None for what is no literal."""


@lru_cache(maxsize=4096)
def read_template(environment: jinja2.Environment, text: str) -> Template:
    """Return what this template uses."""
    try:
        tree = environment.parse(text)
    except jinja2.TemplateSyntaxError as error:
        return Template(fault=(error.message or str(error), error.lineno))
    reader = _Reader(environment, tree)
    reader.visit(tree, conditional=False)
    reader.found.assigned = frozenset(name.name for name in tree.find_all(nodes.Name) if name.ctx != "load")
    reader.find_unknown()
    return reader.found


class _Reader:
    def __init__(self, environment: jinja2.Environment, tree: nodes.Template) -> None:
        self.found = Template()
        self._environment = environment
        self._tree = tree
        self._names: dict[str, int] = {}
        self._guarded = frozenset(_guarded(tree))

    def visit(self, node: nodes.Node, *, conditional: bool) -> None:
        if isinstance(node, nodes.If | nodes.CondExpr):
            self.visit(node.test, conditional=conditional)
            for child in node.iter_child_nodes(exclude=("test",)):
                self.visit(child, conditional=True)
            return
        certainty: Certainty = "likely" if conditional else "exact"
        self._read(node, certainty)
        if isinstance(node, nodes.Getattr | nodes.Getitem) and (chain := _chain(node)) is not None:
            self._chain(node, chain, certainty)
        for child in node.iter_child_nodes():
            self.visit(child, conditional=conditional)

    def find_unknown(self) -> None:
        known = KNOWN_CONTEXT_KEYS | self._environment.globals.keys()
        suspects = self._names.keys() - known
        if not suspects:
            return
        for name in meta.find_undeclared_variables(self._tree) & suspects - self._guarded:
            self.found.unknown.append(Use(name, self._names[name]))

    def _read(self, node: nodes.Node, certainty: Certainty) -> None:
        match node:
            case nodes.Name(ctx="load"):
                self._names.setdefault(node.name, node.lineno)
            case nodes.Call():
                self._call(node, certainty)
            case nodes.Filter() if node.name not in self._environment.filters:
                self.found.functions.append(Use(f"filter '{node.name}'", node.lineno, certainty))
            case nodes.Test() if node.name not in self._environment.tests:
                self.found.functions.append(Use(f"test '{node.name}'", node.lineno, certainty))
            case nodes.Include() | nodes.Extends() | nodes.Import() | nodes.FromImport():
                self._include(node)

    def _include(self, node: nodes.Include | nodes.Extends | nodes.Import | nodes.FromImport) -> None:
        optional = bool(getattr(node, "ignore_missing", False))
        if isinstance(node.template, nodes.Const) and isinstance(node.template.value, str):
            self.found.includes.append(Use(node.template.value, node.lineno, optional=optional))

    def _chain(self, node: nodes.Getattr | nodes.Getitem, chain: Chain, certainty: Certainty) -> None:
        match chain:
            case ["var", "value" | "json", key] if key != "get":
                self._need("variable", node, key, certainty)
            case ["conn", key] if key != "get":
                self._need("connection", node, key, certainty)
            case ["params", str(key)] if not hasattr(dict, key) and not self._guarded.intersection(
                {"params", f"params.{key}"}
            ):
                self.found.params.append(Use(key, node.lineno, "likely"))
            case ["macros", str(key)] if not hasattr(macros, key):
                self.found.macros.append(Use(f"macros.{key}", node.lineno, "likely"))

    def _need(self, kind: NeedKind, node: nodes.Getattr | nodes.Getitem, key: object, certainty: Certainty) -> None:
        if isinstance(key, str):
            self.found.needs.append((kind, Use(key, node.lineno, certainty)))
        elif isinstance(node, nodes.Getitem):
            self.found.needs.append((kind, Use(_expression(node.arg), node.lineno, "dynamic")))

    def _call(self, node: nodes.Call, certainty: Certainty) -> None:
        match _chain(node.node):
            case ["var", "value" | "json", "get"]:
                self._get("variable", node, certainty)
            case ["conn", "get"]:
                self._get("connection", node, certainty)
            case [str(owner), "xcom_pull"] if owner in _TASK_INSTANCES:
                self._pull(node)

    def _get(self, kind: NeedKind, node: nodes.Call, certainty: Certainty) -> None:
        optional = len(node.args) > 1 or any(keyword.key.startswith("default") for keyword in node.kwargs)
        key = node.args[0] if node.args else None
        if isinstance(key, nodes.Const):
            # Without a default a placeholder is rendered, which is nearly never meant.
            sure: Certainty = certainty if optional else "likely"
            self.found.needs.append((kind, Use(str(key.value), node.lineno, sure, optional)))
        elif key is not None:
            self.found.needs.append((kind, Use(_expression(key), node.lineno, "dynamic", optional)))

    def _pull(self, node: nodes.Call) -> None:
        arguments = {keyword.key: keyword.value for keyword in node.kwargs}
        tasks = arguments.get("task_ids") or (node.args[0] if node.args else None)
        other = arguments.get("dag_id")
        if tasks is None or (other is not None and not (isinstance(other, nodes.Const) and other.value is None)):
            return
        found = _constants(tasks)
        if found:
            self.found.pulls.append(TemplatePull(found, node.lineno, "include_prior_dates" not in arguments))


def in_include(template: Template, seen: frozenset[str]) -> Template:
    """Return what is found when another template includes this one, which then sees the names `seen`."""
    return Template(
        fault=template.fault,
        needs=template.needs,
        pulls=template.pulls,
        functions=template.functions,
        macros=template.macros,
        params=template.params,
        includes=template.includes,
        unknown=[replace(use, certainty="likely") for use in template.unknown if use.name not in seen],
        assigned=template.assigned | seen,
    )


def _chain(node: nodes.Node) -> Chain | None:
    chain: Chain = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        if isinstance(node, nodes.Getattr):
            chain.append(node.attr)
        else:
            chain.append(node.arg.value if isinstance(node.arg, nodes.Const) else None)
        node = node.node
    return [node.name, *reversed(chain)] if isinstance(node, nodes.Name) else None


def _constants(node: nodes.Node) -> tuple[str, ...]:
    found = [node] if isinstance(node, nodes.Const) else getattr(node, "items", [])
    if not all(isinstance(item, nodes.Const) and isinstance(item.value, str) for item in found):
        return ()
    return tuple(item.value for item in found)


def _guarded(tree: nodes.Template) -> Iterator[str]:
    """Yield the names that the template itself asks about, or has a default for."""
    for test in tree.find_all((nodes.Test, nodes.Filter)):
        if test.name in {"defined", "undefined", "default", "d"} and test.node is not None:
            chain = _chain(test.node)
            if isinstance(test.node, nodes.Name):
                yield test.node.name
            elif chain is not None:
                yield ".".join(str(part) for part in chain[:2])


def _expression(node: nodes.Node) -> str:
    """Return the expression as it would be written, as far as it is a simple one."""
    chain = _chain(node)
    if chain is not None:
        return ".".join(str(part) for part in chain)
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Concat):
        return " ~ ".join(_expression(part) for part in node.nodes)
    if isinstance(node, nodes.Const):
        return repr(node.value)
    return type(node).__name__.lower()
