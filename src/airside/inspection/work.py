"""The kinds of work that a process of its own does, by name."""

import importlib
from collections.abc import Callable
from typing import Final

import msgspec

from airside.inspection import one_file, traces
from airside.inspection.places import Tree
from airside.inspection.recording import Recorder

Work = Callable[[Tree, bytes, Recorder], tuple[bytes, bool]]
"""Returns what to tell, and whether it can have left nothing behind in the process."""

FILE: Final = "file"


def _file(tree: Tree, payload: bytes, recorder: Recorder) -> tuple[bytes, bool]:
    facts = one_file.read_file(tree, payload.decode(), recorder)
    bad = facts.failures or facts.events
    clean = not bad and traces.only_declares(recorder.codes, tree)
    if clean:
        traces.forget(tree)
    return msgspec.msgpack.encode(facts), clean


def _from(module: str, function: str) -> Work:
    """Return work that another module does with the root and the payload; it is imported when it is first needed."""

    def work(tree: Tree, payload: bytes, recorder: Recorder) -> tuple[bytes, bool]:
        del recorder
        result: bytes = getattr(importlib.import_module(module), function)(tree.root, payload)
        return result, False

    return work


KINDS: Final[dict[str, Work]] = {
    FILE: _file,
    "policies": _from("airside.inspection.policies", "run_policies"),
    "due": _from("airside.inspection.due", "count_due"),
}
