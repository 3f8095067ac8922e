"""The configs of one environment: all layers together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from airside.base.errors import ConfigError, MissingConfigError
from airside.base.names import bundle_name
from airside.base.suggestions import suggestion
from airside.config.files import CONFIGS, ENVIRONMENTS, LOCAL_LAYER, RESERVED, find, list_files
from airside.config.mapping import Config
from airside.config.nodes import Node, Nothing, Parts, merged
from airside.running.current import LOCAL as WORKSPACE_ENVIRONMENT

UNSET = "???"
"""The value of a key that each environment has to set itself."""

_NOTHING: Final[Any] = object()


@dataclass(frozen=True, slots=True)
class Found:
    """A config, with all references in it followed.

    Attributes:
        name: As it was asked for.
        node: As it is written.
        value: What it comes to: dicts, lists and plain values.
    """

    name: str
    node: Node
    value: Any

    def content(self) -> Any:  # noqa: ANN401 - what the file holds
        """Return a copy for an author: mappings are `Config`."""
        return _content(self.value, self.node, self.name)


@dataclass(frozen=True, slots=True)
class Configs:
    """The configs of one environment.

    Attributes:
        root: The folder that holds `configs`: a workspace, or the tree of a release.
        environment: The name of the environment.
        local: Whether what belongs to this machine alone counts, where the environment is the workspace's own.
        over: Values that come before those of all files.
    """

    root: Path
    environment: str
    local: bool = True
    over: Node | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of the layers, relative to the root; what a later one says wins."""
        names = dict.fromkeys((self.environment.partition("/")[0], bundle_name(self.environment)))
        layers = [CONFIGS, *(f"{CONFIGS}/{ENVIRONMENTS}/{name}" for name in names if name)]
        if self.local and self.environment == WORKSPACE_ENVIRONMENT:
            layers.append(LOCAL_LAYER)
        return tuple(layers)

    def find(self, name: Parts) -> Node | None:
        """Return what is written for `name`; None where nothing is. Without a name, everything.

        Raises:
            ConfigError: A file that may hold it cannot be read, or two files of one layer say it.
        """
        found = None
        for folder in self.folders:
            found = merged(found, find(self.root, folder, name))
        if self.over is not None:
            found = merged(found, self.over.select(name))
        return found if found is None or found.value is not Nothing.HERE else None

    def value(self, name: str, *, variables: bool = True) -> Found:
        """Return the config `name`.

        Args:
            name: Its parts with dots between them.
            variables: Read environment variables; without them ``${oc.env:NAME}`` stays as it is.

        Raises:
            MissingConfigError: There is none, or it is to be set by the environment and is not.
            ConfigError: A file that it is in cannot be read, or a reference in it leads nowhere.
        """
        parts = parts_of(name)
        node = self.find(parts)
        if node is None:
            return self._through(name, parts, variables=variables)
        texts = [(at, leaf) for at, leaf in node.walk(parts) if isinstance(leaf.value, str)]
        for at, leaf in texts:
            if leaf.value == UNSET:
                raise self._unset(at, leaf)
        if not any("${" in str(leaf.value) for _, leaf in texts):
            return Found(name, node, node.plain())
        # Most configs refer to nothing, and do without OmegaConf.
        from airside.config.following import followed  # noqa: PLC0415 - as above: 20 ms

        return Found(name, node, followed(self, parts, node, variables=variables))

    def files(self) -> dict[str, list[str]]:
        """Return the files of each config, by the name of the config; those of later layers come later."""
        found: dict[str, list[str]] = {}
        for folder in self.folders:
            for parts, file in list_files(self.root, folder):
                found.setdefault(".".join(parts), []).append(file)
        return dict(sorted(found.items()))

    def _through(self, name: str, parts: Parts, *, variables: bool) -> Found:
        """Return a part of what a reference leads to."""
        for end in range(len(parts) - 1, 0, -1):
            node = self.find(parts[:end])
            if node is not None and isinstance(node.value, str) and "${" in node.value:
                found = self.value(".".join(parts[:end]), variables=variables).value
                if (inner := _part(found, parts[end:])) is not _NOTHING:
                    return Found(name, node, inner)
        raise self._missing(name, parts)

    def _unset(self, at: Parts, node: Node) -> MissingConfigError:
        return MissingConfigError(
            f"{node.place}: the config {'.'.join(at)!r} has no value in environment {self.environment!r}",
            hint=f"Set it in {CONFIGS}/{ENVIRONMENTS}/{bundle_name(self.environment)}.",
        )

    def _missing(self, name: str, parts: Parts) -> MissingConfigError:
        around = next((node for end in range(len(parts) - 1, 0, -1) if (node := self.find(parts[:end]))), None)
        place = f"{around.place}: " if around is not None else ""
        try:
            known = [".".join(at) for at, _ in (self.find(()) or Node({}, CONFIGS, 1)).walk() if at]
        except ConfigError:
            known = []  # a file that has nothing to do with this name is broken
        words = f"{place}environment {self.environment!r} has no config {name!r}{suggestion(name, known)}"
        if not (self.root / CONFIGS).is_dir():
            hint = f"There is no folder {self.root / CONFIGS}: is `configs` in workspace.include of airside.toml?"
        else:
            hint = "configs/sales/orders.yaml is sales.orders, and its key `load` is sales.orders.load."
        return MissingConfigError(words[0].upper() + words[1:] if not place else words, hint=hint)


def parts_of(name: str) -> Parts:
    """Return a name in its parts.

    Raises:
        ConfigError: It cannot name a config.
    """
    parts = tuple(name.split("."))
    if any(not part or "/" in part or "\0" in part for part in parts):
        raise ConfigError(
            f"{name!r} cannot name a config", hint="configs/sales/orders.yaml is sales.orders: dots, and no suffix."
        )
    if parts[0] in RESERVED:
        raise ConfigError(
            f"{name!r} cannot name a config: configs/{parts[0]} is a layer",
            hint="Leave the layer out: the environment that the code runs in chooses it.",
        )
    return parts


def _part(value: Any, parts: Parts) -> Any:  # noqa: ANN401 - what the file holds
    for part in parts:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return _NOTHING
    return value


def _content(value: Any, node: Node, name: str) -> Any:  # noqa: ANN401 - what the file holds
    if isinstance(value, dict):
        inner = {key: _content(child, node.child(key) or node, f"{name}.{key}") for key, child in value.items()}
        return Config(inner, name, node.place)
    if isinstance(value, list):
        return [_content(child, node.child(str(index)) or node, f"{name}.{index}") for index, child in enumerate(value)]
    return value
