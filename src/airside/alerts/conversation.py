"""What a channel was told, and by which message: so that what ends it reaches the same conversation. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from airside.alerts.incident import Notice, State
from airside.alerts.storm import Digest, Message
from airside.base.names import bundle_name

_DIGEST = "~digest"
"""No id of a workflow begins with `~`."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The incidents that a channel was told of and that are open.

    Attributes:
        alone: Those that had a message of their own.
        together: Those that only a digest told of.
    """

    alone: frozenset[str] = frozenset()
    together: frozenset[str] = frozenset()

    def without(self, keys: Collection[str]) -> "Heard":
        """Return it where the channel was not told of `keys` after all."""
        return Heard(self.alone.difference(keys), self.together.difference(keys))


def compose(notices: Sequence[Notice], told: Heard, environment: str) -> tuple[Message, Heard]:
    """Return the message that tells `notices`, and what the channel was told of then.

    Args:
        notices: At least one.
        told: What it was told of before.
        environment: Whose channel.
    """
    key = f"airside/{bundle_name(environment)}/{_DIGEST}"
    if len(notices) == 1:
        return _single(notices[0], told, key)
    after = _told_together(notices, told)
    resolves = tuple(sorted(told.alone - after.alone))
    return Digest(tuple(notices), key, _state(notices, after), resolves), after


def _single(notice: Notice, told: Heard, key: str) -> tuple[Message, Heard]:
    after = _told_together([notice], told)
    if notice.state is State.BROKEN:
        return notice, Heard(told.alone | {notice.key}, told.together)
    if told.together and not after.together:
        # The last of those that a digest told of: the incident of the digests ends with it.
        return Digest((notice,), key, State.RECOVERED), after
    return notice, after


def _told_together(notices: Iterable[Notice], told: Heard) -> Heard:
    alone, together = set(told.alone), set(told.together)
    for notice in notices:
        if notice.state is State.BROKEN:
            together.add(notice.key)
        elif notice.state is State.RECOVERED:
            alone.discard(notice.key)
            together.discard(notice.key)
    return Heard(frozenset(alone), frozenset(together))


def _state(notices: Iterable[Notice], after: Heard) -> State:
    if after.together:
        return State.BROKEN
    return State.NEWS if all(notice.state is State.NEWS for notice in notices) else State.RECOVERED


def without_pairs(notices: Sequence[Notice], limit: int) -> tuple[tuple[Notice, ...], int]:
    """Return what of `notices` is still worth telling where they are more than `limit`, and how many were left out.

    Left out are the oldest news, and the oldest failures together with the recovery that waits too: whoever was told
    of neither misses nothing that still holds.
    """
    excess, going, begun = len(notices) - limit, set[int](), dict[str, int]()
    for index, notice in enumerate(notices):
        if len(going) >= excess:
            break
        if notice.state is State.NEWS:
            going.add(index)
        elif notice.state is State.BROKEN:
            begun[notice.key] = index
        elif notice.key in begun:
            going |= {begun.pop(notice.key), index}
    return tuple(notice for index, notice in enumerate(notices) if index not in going), len(going)
