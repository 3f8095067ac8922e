"""Addresses that may be seen by everybody who sees a run: without users, passwords and tokens."""

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

_SCHEMES: Final = frozenset({"http", "https", "s3", "gs", "az", "abfs", "abfss", "wasb", "wasbs"})
_LONGEST: Final = 2000
_SECRET_NAME: Final = re.compile(
    r"auth|cred|jwt|key|pass|pwd|s(ecret|ess|ig|as$)|token|code|ticket|otp|nonce|^x-(amz|goog)-", re.IGNORECASE
)
_LONGEST_VALUE: Final = 64
"""Characters of a query's value. What is longer is more often a token than something that a person chose."""


def cleaned(address: str) -> str | None:
    """Return `address` without user, password, fragment and what looks like a token in its query; None for no address.

    Object stores sign addresses in their query, and dashboards keep in it what they show, so parameters are looked at
    one by one.
    """
    address = address.strip()
    if len(address) > _LONGEST or not address.isprintable() or any(each.isspace() for each in address):
        return None
    try:
        parts = urlsplit(address)
        host = _host(parts)
    except ValueError:  # a port or an IPv6 address that is none
        return None
    if parts.scheme.lower() not in _SCHEMES or not host:
        return None
    return urlunsplit((parts.scheme.lower(), host, parts.path, _query(parts.query), ""))


def _host(parts: SplitResult) -> str:
    _ = parts.port  # raises where it is none
    user, _, host = parts.netloc.rpartition("@")
    # abfss://container@account.host/path has no user there, but the container.
    is_container = parts.scheme.lower() in {"abfs", "abfss", "wasb", "wasbs"} and user and ":" not in user
    return f"{user}@{host}" if is_container and "@" not in user else host


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(
        [(name, value) for name, value in pairs if not _SECRET_NAME.search(name) and len(value) <= _LONGEST_VALUE]
    )
