"""What the watcher tells of itself: one line for each change, none for what stays as it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Line:
    """A change.

    Attributes:
        name: Which kind: `delivered`, `channel-failing`, `channel-works`, `dropped`, ….
        level: How much it matters.
        facts: What belongs to it, by name; no secrets.
    """

    name: str
    level: Literal["info", "warning", "error"] = "info"
    facts: Mapping[str, object] = field(default_factory=dict)


Tell = Callable[[Line], None]
