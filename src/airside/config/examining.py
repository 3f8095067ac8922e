"""What is wrong with the configs of a tree, without asking for any."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from airside.base.names import bundle_name
from airside.base.suggestions import suggestion
from airside.config.configs import Configs
from airside.config.files import CONFIGS, ENVIRONMENTS, RESERVED, SUFFIXES, list_files, read_file
from airside.config.nodes import Node, Parts, conflicts, merged
from airside.config.overriding import doubtful
from airside.config.references import is_reference, surely_leads


@dataclass(frozen=True, slots=True)
class Remark:
    """Something wrong with a config.

    Attributes:
        kind: `invalid` keeps it from being read; a `layer` may miss its aim.
        file: Relative to the root.
        line: From 1.
        message: What is wrong.
        severity: How bad it is.
        fix: The next step; None where the message says it.
    """

    kind: Literal["invalid", "layer"]
    file: str
    line: int
    message: str
    severity: Literal["error", "warning"] = "error"
    fix: str | None = None


def examine(root: Path, environments: Sequence[str]) -> Iterator[Remark]:
    """Yield what is wrong with the configs below `root`; what belongs to one machine alone is passed over.

    Args:
        root: A workspace, or the tree of a release.
        environments: Those that there are; without any, it is not asked whom a layer is for.
    """
    yield from _reserved(root)
    yield from _strangers(root, environments)
    folders = [CONFIGS, *(f"{CONFIGS}/{ENVIRONMENTS}/{name}" for name in _layer_names(root))]
    layers = {folder: _Layer(root, folder) for folder in folders}
    base = layers[CONFIGS].tree
    for folder, layer in layers.items():
        yield from layer.remarks
        if folder != CONFIGS and base is not None and layer.tree is not None:
            for node, message in doubtful(base, layer.tree):
                yield Remark("layer", node.file, node.line, message, "warning")
    yield from dict.fromkeys(_lost_references(root, environments, {name: one.tree for name, one in layers.items()}))


class _Layer:
    """What the files of one layer hold, and what is wrong with them."""

    def __init__(self, root: Path, folder: str) -> None:
        self.remarks: list[Remark] = []
        self.tree: Node | None = None
        for name, file in list_files(root, folder):
            self._add(root, name, file)

    def _add(self, root: Path, name: Parts, file: str) -> None:
        if any("." in part for part in name):
            message = "no name leads to a config with a dot in the name of its file or folder"
            self.remarks.append(Remark("invalid", file, 1, message, "warning", "Rename it"))
        parsed = read_file(root, file)
        if parsed is None:
            return
        self.remarks.extend(Remark("invalid", f.file, f.line, f.message, f.severity) for f in parsed.faults)
        if parsed.faults:
            return
        node = parsed.node.placed(name)
        for at, one, other in conflicts(self.tree, node, ()) if self.tree else ():
            message = f"the config {'.'.join(at)!r} is in another file too: {one.place}"
            self.remarks.append(Remark("invalid", other.file, other.line, message, fix="Keep it in one of them"))
        self.tree = merged(self.tree, node)


def _layer_names(root: Path) -> list[str]:
    folder = root / CONFIGS / ENVIRONMENTS
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _reserved(root: Path) -> Iterator[Remark]:
    places = [(name, f"{CONFIGS}/{name}{suffix}") for name in sorted(RESERVED) for suffix in SUFFIXES]
    for name, file in places:
        if (root / file).is_file():
            yield Remark("invalid", file, 1, f"no name leads to it: {CONFIGS}/{name} is a layer", fix="Rename it")
    folder = root / CONFIGS / ENVIRONMENTS
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and path.suffix in SUFFIXES:
            message = "no environment reads it: the layer of an environment is a folder"
            fix = f"Move it to {CONFIGS}/{ENVIRONMENTS}/<environment>/<config>{path.suffix}"
            yield Remark("invalid", f"{CONFIGS}/{ENVIRONMENTS}/{path.name}", 1, message, fix=fix)


def _strangers(root: Path, environments: Sequence[str]) -> Iterator[Remark]:
    known = {name for environment in environments for name in (environment.partition("/")[0], bundle_name(environment))}
    for name in _layer_names(root) if environments else ():
        # Environments of previews come and go, and `airside.toml` does not name them.
        if name not in known and name != "dev" and name.partition("--")[0] != "preview":
            file = next((file for _, file in list_files(root, f"{CONFIGS}/{ENVIRONMENTS}/{name}")), None)
            message = f"airside.toml declares no environment {name!r}{suggestion(name, known)}"
            if file is not None:
                yield Remark("layer", file, 1, message, "warning", "Rename the folder, or declare the environment")


def _lost_references(root: Path, environments: Sequence[str], layers: Mapping[str, Node | None]) -> Iterator[Remark]:
    for environment in environments or ("",):
        configs = Configs(root, environment, local=False)
        everything: Node | None = None
        for folder in configs.folders:
            everything = merged(everything, layers.get(folder))
        if everything is None:
            continue
        asked = [(at, node) for at, node in everything.walk() if is_reference(node)]
        nodes = [(at, node) for at, node in asked if not surely_leads(str(node.value), at, everything)]
        if nodes:
            # Most workspaces have no others, and do without OmegaConf.
            from airside.config.following import broken  # noqa: PLC0415 - as above

            for node, message in broken(configs, nodes):
                yield Remark("invalid", node.file, node.line, message)
