"""Following `${…}`: OmegaConf's syntax, and OmegaConf's work."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from omegaconf import OmegaConf
from omegaconf.errors import InterpolationKeyError, InterpolationResolutionError, OmegaConfBaseException

from airside.base.errors import ConfigError
from airside.base.suggestions import suggestion
from airside.config.nodes import Node, Parts
from airside.config.references import ALONE, Finding, collected, is_reference, parts_in, resolvers

_VARIABLE: Final = re.compile(r"(?<!\\)\$\{(?=\s*oc\.env\s*:)")
_RAISED: Final = re.compile(r"^\w+ raised while resolving interpolation: [\"']?(.*?)[\"']?$", re.DOTALL)
_NOT_FOUND: Final = re.compile(r"Interpolation key '(.*)' not found")
_HINT: Final = "${sales.customers.limit} is absolute, ${.limit} is beside it, ${oc.env:NAME,default} is a variable."


class _Sample:
    """Two values for `warm_up`."""

    def find(self, name: Parts) -> Node | None:
        """Return what is written for `name`."""
        return Node(1, "sample", 1) if name == ("a", "b") else None


def warm_up() -> None:
    """Have all imported and built that following needs, 20 ms of work, before this process forks."""
    written: dict[str, Node] = {
        "c": Node("${a.b} ${.d} ${oc.env:E,${a.b}}", "sample", 1),
        "d": Node("${a.b}", "sample", 1),
    }
    followed(_Sample(), ("c",), Node(written, "sample", 1))


def followed(configs: Finding, name: Parts, node: Node, *, variables: bool = True) -> Any:  # noqa: ANN401 - any value
    """Return what the config `name` comes to: dicts, lists and plain values.

    Args:
        configs: Where other configs are found.
        name: That of `node`.
        node: What is written for it.
        variables: Read environment variables; without them ``${oc.env:NAME}`` stays as it is.

    Raises:
        ConfigError: A reference is not valid, leads nowhere, or in a circle; it names the file and the line.
    """
    leaves = [(at, leaf) for at, leaf in node.walk(name) if is_reference(leaf)]
    root = collected(configs, leaves)
    try:
        # What refers to nothing, OmegaConf is not given: it takes 0.2 ms for each value.
        config = _created(root, variables=variables)
        return _with(node, name, {at: _value(config, at) for at, _ in leaves})
    except OmegaConfBaseException as error:
        raise ConfigError(_told(error, configs, root, name), hint=_HINT) from error
    except RecursionError as error:
        raise ConfigError(f"{node.place}: a reference in the config {'.'.join(name)!r} leads to itself") from error


def broken(configs: Finding, nodes: Sequence[tuple[Parts, Node]]) -> Iterator[tuple[Node, str]]:
    """Yield those of these values whose references cannot be followed, and why.

    Environment variables are not read, and what calls a resolver that the code of a team registers is passed over.
    """
    known = [(at, node) for at, node in nodes if all(name in ALONE for name in resolvers(str(node.value)))]
    if _all_lead_somewhere(configs, known):
        return
    for at, node in known:
        root = Node({}, node.file, node.line)
        try:
            root = collected(configs, [(at, node)])
            _value(_created(root, variables=False), at)
        except OmegaConfBaseException as error:
            yield node, _told(error, configs, root, at).partition(": ")[2]
        except RecursionError:
            yield node, "a reference leads to itself"
        except ConfigError:
            continue  # what it refers to is broken, which is told there


def _all_lead_somewhere(configs: Finding, nodes: Sequence[tuple[Parts, Node]]) -> bool:
    """Tell whether nothing is wrong: asked of all at once, which takes a tenth of the time."""
    try:
        config = _created(collected(configs, nodes), variables=False)
        for at, _ in nodes:
            _value(config, at)
    except (OmegaConfBaseException, RecursionError, ConfigError):
        return False
    return True


def _with(node: Node, at: Parts, values: Mapping[Parts, Any]) -> Any:  # noqa: ANN401 - any value
    """Return what `node`, whose name is `at`, holds, with these values in place of references."""
    if at in values:
        return values[at]
    if isinstance(node.value, dict):
        return {key: _with(child, (*at, key), values) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_with(child, (*at, str(index)), values) for index, child in enumerate(node.value)]
    return node.value


def _created(root: Node, *, variables: bool) -> Any:  # noqa: ANN401 - OmegaConf's
    return OmegaConf.create(root.plain() if variables else _escaped(root.plain()))


def _escaped(value: Any) -> Any:  # noqa: ANN401 - any value
    if isinstance(value, dict):
        return {key: _escaped(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_escaped(inner) for inner in value]
    return _VARIABLE.sub(r"\\${", value) if isinstance(value, str) else value


def _value(value: Any, name: Parts) -> Any:  # noqa: ANN401 - OmegaConf's
    for part in name:
        value = value[int(part)] if OmegaConf.is_list(value) else value[part]
    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value


def _told(error: OmegaConfBaseException, configs: Finding, root: Node, name: Parts) -> str:
    """Return OmegaConf's error with the file and the line of the value that it is about."""
    parts = parts_in(str(getattr(error, "full_key", None) or "")) or name
    said = str(error).partition("\n    full_key: ")[0].strip()
    if isinstance(error, InterpolationKeyError) and (missing := _NOT_FOUND.search(said)):
        said = f"it refers to {missing[1]!r}, which no config has{_nearest(configs, missing[1])}"
    if isinstance(error, InterpolationResolutionError) and said.startswith("Recursive interpolation"):
        said = "its references go in a circle"
    said = " ".join(_RAISED.sub(r"\1", said).split())
    return f"{root.nearest(parts).place}: the config {'.'.join(parts)!r}: {said}"


def _nearest(configs: Finding, name: str) -> str:
    try:
        everything = configs.find(())
    except ConfigError:
        return ""  # another file is broken
    return suggestion(name, [".".join(at) for at, _ in everything.walk() if at]) if everything else ""
