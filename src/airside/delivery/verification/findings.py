"""What is wrong in a store: one value for each object."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum

from airside.base.digest import Digest


class Trouble(Enum):
    """What is wrong with an object."""

    MISSING = "missing"
    DAMAGED = "damaged"
    INCONSISTENT = "inconsistent"
    """It is what it says, and contradicts another object."""
    UNTRUSTED = "untrusted"
    FOREIGN = "foreign"
    LEFTOVER = "leftover"


class Harm(IntEnum):
    """Who is harmed, from nobody to everybody."""

    NOTE = 0
    """Nobody: it is only said."""
    UNUSED = 1
    """No environment names the object; a later release might."""
    HISTORY = 2
    """A rollback to an earlier release, or the audit log."""
    SERVED = 3
    """What an environment serves now."""


@dataclass(frozen=True, slots=True)
class Harmed:
    """Who is harmed.

    Attributes:
        harm: How bad it is.
        releases: The ids of the releases that need the object.
        environments: The environments that serve one of them or could go back to it.
    """

    harm: Harm
    releases: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


NOBODY = Harmed(Harm.NOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with one object.

    Attributes:
        trouble: What kind of thing.
        key: The object.
        message: What is wrong, in one sentence.
        harmed: Who needs the object.
        advice: What to do.
    """

    trouble: Trouble
    key: str
    message: str
    harmed: Harmed = NOBODY
    advice: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether something is broken, other than a note."""
        return self.harmed.harm > Harm.NOTE


@dataclass(frozen=True, slots=True)
class Named:
    """A release as environments name it.

    Attributes:
        tree: What it holds.
        served: The environments that serve it now.
        remembered: The environments whose history names it.
    """

    tree: Digest
    served: frozenset[str] = frozenset()
    remembered: frozenset[str] = frozenset()

    @property
    def harm(self) -> Harm:
        """How bad it is when it is lost."""
        return Harm.SERVED if self.served else Harm.HISTORY if self.remembered else Harm.UNUSED


@dataclass(slots=True)
class Uses:
    """Which releases there are, and who needs them.

    Attributes:
        releases: By id.
        trees: The ids of the releases of each tree.
        descriptions: The ids of the releases that name each description.
    """

    releases: dict[str, Named] = field(default_factory=dict)
    trees: dict[Digest, set[str]] = field(default_factory=dict)
    descriptions: dict[Digest, set[str]] = field(default_factory=dict)

    def add(self, release: str, tree: Digest, environment: str | None = None, *, served: bool = False) -> None:
        """Note that `environment` names `release` in its history, or serves it."""
        self.trees.setdefault(tree, set()).add(release)
        known = self.releases.get(release, Named(tree))
        names = frozenset({environment} if environment else ())
        now = known.served | names if served else known.served
        self.releases[release] = Named(known.tree, now, known.remembered | names)

    def of_release(self, release: str) -> Harmed:
        """Return who is harmed without `release`."""
        return self._harmed([release])

    def of_trees(self, trees: Iterable[Digest]) -> Harmed:
        """Return who is harmed without any of `trees`."""
        return self._harmed(sorted({release for tree in trees for release in self.trees.get(tree, ())}))

    def of_description(self, description: Digest) -> Harmed:
        """Return who is harmed without `description`: plans, and never what is served."""
        harmed = self._harmed(sorted(self.descriptions.get(description, ())))
        return replace(harmed, harm=min(harmed.harm, Harm.HISTORY))

    def _harmed(self, releases: list[str]) -> Harmed:
        named = [self.releases[release] for release in releases if release in self.releases]
        environments = sorted({name for one in named for name in one.remembered})
        harm = max((one.harm for one in named), default=Harm.UNUSED)
        return Harmed(harm, tuple(releases), tuple(environments))
