"""What a workflow asks for from its environment, as a run found it."""

from dataclasses import dataclass

from airside.testing.outcome import Need, NeedKind
from airside.testing.results.failure import place_of


@dataclass(frozen=True, slots=True)
class Contract:
    """Connections, variables and configs that the run asked for.

    Attributes:
        needs: All, in the order in which they were asked for.
    """

    needs: tuple[Need, ...]

    @property
    def connections(self) -> tuple[str, ...]:
        """Their ids, sorted."""
        return self._names("connection")

    @property
    def variables(self) -> tuple[str, ...]:
        """Their keys, sorted."""
        return self._names("variable")

    @property
    def configs(self) -> tuple[str, ...]:
        """Their dotted names, sorted."""
        return self._names("config")

    @property
    def missing(self) -> tuple[Need, ...]:
        """What was asked for and not given; a workflow may go on without it, where it has a default."""
        return tuple(need for need in self.needs if not need.is_given)

    def __str__(self) -> str:
        return "\n".join(_line(need) for need in self.needs)

    def _names(self, kind: NeedKind) -> tuple[str, ...]:
        return tuple(sorted({need.name for need in self.needs if need.kind == kind}))


def _line(need: Need) -> str:
    place = place_of(need.file, need.line)
    asked = " ".join(part for part in (need.task_id or "the DAG file", place and f"({place})") if part)
    return f"{need.kind} {need.name}: {'given' if need.is_given else 'NOT given'}; asked for by {asked}"
