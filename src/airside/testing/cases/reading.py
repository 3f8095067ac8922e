"""Reading a file of cases."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion
from airside.config.nodes import Node
from airside.config.yaml_files import Fault, parse
from airside.testing.cases.connections import connection_faults
from airside.testing.cases.document import Case, CasePart, FilePart
from airside.testing.cases.faults import faults_of
from airside.testing.expecting.reaching import split

PAGE: Final = "https://airside.dev/docs/formats/functional-tests"

_SHARED: Final = ("given", "expect")
_DEEP: Final = 2
"""How far a case and its file are joined by keys: `given`, and in it `variables`; a variable is taken as a whole."""


class CasesError(UsageError):
    """A file of cases does not hold; the message has a line for each fault."""


def read_cases(data: bytes, path: Path, shown: str) -> tuple[Case, ...]:
    """Return the cases of a file.

    Args:
        data: Its content.
        path: Where it is; its folder is what paths in it are relative to.
        shown: How messages call it.

    Raises:
        CasesError: It does not hold.
    """
    parsed = parse(data, shown)
    if parsed.faults:
        raise _refused(parsed.faults)
    node = parsed.node
    if faults := list(_file_faults(node, path.parent)):
        raise _refused(faults)
    parts = list(_joined(node))
    cases = []
    for part in parts:
        found = list(_case_faults(part))
        faults += [fault for fault in found if fault not in faults]
        if not found:
            workflow = node.child("workflow")
            name = workflow.value if workflow is not None else path.name.partition(".")[0]
            cases.append(Case(str(name), part.line, CasePart.model_validate(part.plain())))
    faults += _twins(parts)
    if faults:
        raise _refused(faults)
    return tuple(cases)


def _refused(faults: Sequence[Fault]) -> CasesError:
    lines = [str(fault) for fault in sorted(faults, key=lambda fault: fault.line)]
    return CasesError("\n".join(lines), hint=f"What a file may hold is in {PAGE}.")


def _file_faults(node: Node, folder: Path) -> Iterator[Fault]:
    if not isinstance(node.value, dict) or not node.value:
        yield Fault(node.file, node.line, "expected a mapping with `given` and `expect`, or with `cases`")
        return
    yield from _model_faults(FilePart, node)
    cases = node.child("cases")
    if cases is not None and (name := node.child("name")) is not None:
        yield Fault(name.file, name.line, "name: in a file with `cases` each of them has a name")
    for path, part in (("", node), *((f"cases[{key}].", case) for key, case in (cases.children() if cases else ()))):
        connections = part.select(("given", "connections"))
        for name_, connection in connections.children() if connections else ():
            yield from connection_faults(connection, f"{path}given.connections.{name_}", folder)


def _model_faults(model: type[BaseModel], node: Node) -> Iterator[Fault]:
    try:
        model.model_validate(node.plain())
    except ValidationError as error:
        yield from faults_of(error, model, node)


def _joined(node: Node) -> Iterator[Node]:
    """Yield the node of each case, with what the file says for all of them."""
    fields = node.value if isinstance(node.value, dict) else {}
    shared = {key: value for key, value in fields.items() if key not in ("workflow", "cases")}
    if "cases" not in fields:
        yield Node(shared, node.file, node.line)
        return
    for _, case in fields["cases"].children():
        yield replace(_over(Node(shared, node.file, case.line), case, _DEEP + 1), line=case.line)


def _over(base: Node, over: Node, depth: int) -> Node:
    """Return `base` with what `over` says; mappings are joined by their keys `depth` times."""
    if not depth or not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    both = dict(base.value)
    for key, value in over.value.items():
        both[key] = _over(both[key], value, depth - 1) if key in both else value
    return Node(both, over.file, over.line)


def _case_faults(part: Node) -> Iterator[Fault]:
    """Yield what is wrong with a case as a whole."""
    yield from _model_faults(CasePart, part)
    given = part.select(("given", "connections"))
    connections = list(given.value) if given is not None and isinstance(given.value, dict) else []
    for key, separator in _BEHIND.items():
        names = part.select(("expect", key))
        for name, entry in names.children() if names is not None else ():
            connection = split(name, separator, connections)[0] if separator else name
            if connection not in connections:
                near = suggestion(connection, connections)
                words = f"expect.{key}.{name}: no connection {connection!r} is given{near}"
                yield Fault(entry.file, entry.line, words)


_BEHIND: Final = {"tables": ".", "files": "/", "objects": "/", "requests": "", "mails": "", "messages": ""}
"""What is behind a connection, and what parts its id from the rest of the key."""


def _twins(parts: Sequence[Node]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for part in parts:
        found = part.child("name")
        name, line = (str(found.value), found.line) if found is not None else ("run", part.line)
        if name in seen:
            yield Fault(part.file, line, f"name: another case is called {name!r}, in line {seen[name]}")
        seen.setdefault(name, line)
