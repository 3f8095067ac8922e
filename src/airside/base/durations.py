"""Durations as people write them: ``90s``, ``5m``, ``1d12h``."""

import re
from datetime import timedelta
from typing import Final

DURATION_RULE: Final = 'a duration in quotes, such as "90m" or "1d12h"'

_DURATION = re.compile(r"(?=.)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def parse_duration(value: object) -> timedelta | None:
    """Return what `value` says; None where it is no text that says a duration."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def duration_text(value: timedelta) -> str:
    """Return `value` so that `parse_duration` reads it; parts of a second are left out."""
    rest = int(value.total_seconds())
    words = []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, rest = divmod(rest, seconds)
        if count:
            words.append(f"{count}{unit}")
    return "".join(words) or "0s"
