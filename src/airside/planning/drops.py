"""Moves that take away so much that nobody should make them by mistake."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threshold:
    """From where on a move needs `--allow-removals`.

    Attributes:
        share: Of the workflows that are served, 0 to 1: more than this share goes.
        least: And at least so many go.
    """

    share: float = 1 / 3
    least: int = 3


@dataclass(frozen=True, slots=True)
class Drop:
    """Workflows that go.

    Attributes:
        removed: How many go; those that come back under another id are not counted.
        served: Of how many.
    """

    removed: int
    served: int

    def is_large(self, threshold: Threshold) -> bool:
        """Tell whether more go than anybody should take away by mistake."""
        return self.removed >= threshold.least and self.removed > threshold.share * self.served
