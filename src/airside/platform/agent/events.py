"""What an agent tells: one event for each change of its state, none for what stays as it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Event:
    """A change.

    Attributes:
        name: Which kind: `synced`, `failing`, `recovered`, ….
        level: How much it matters.
        facts: What belongs to it, by name; no secrets.
    """

    name: str
    level: Level = "info"
    facts: Mapping[str, object] = field(default_factory=dict)


Tell = Callable[[Event], None]
