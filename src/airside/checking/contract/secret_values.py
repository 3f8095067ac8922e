"""What looks like a secret: names that say so, values that could be one, and the shapes of well-known tokens.

Made to be believed: a name alone is not enough where such names often hold something else.
"""

import re
from typing import Final

_PASSWORDS: Final = frozenset({"password", "passwd", "passphrase", "pwd"})
"""Whatever has one of these names is a password, unless it is a placeholder or refers to one."""

_KEYS: Final = (
    *(("api", "key"), ("private", "key"), ("secret", "key"), ("access", "key"), ("account", "key"), ("fernet", "key")),
    *(("signing", "key"), ("encryption", "key"), ("client", "secret"), ("auth", "token"), ("access", "token")),
    *(("refresh", "token"), ("bearer", "token"), ("bot", "token"), ("api", "token"), ("apikey",), ("secret",)),
    ("token",),
)
"""Names whose values are secrets if they look random: a token may be one of a page, a secret the name of one."""

_PLACEHOLDERS: Final = re.compile(
    r"\W*|(.)\1*|none|null|true|false|str|string|text|object|varchar|secret|token|dummy|fake|test|todo|redacted|"
    r"change[-_ ]?(me|it|this)|your\W.*|my[-_].*|example.*|.*[-_.]example|replace.*|insert.*|placeholder.*|xxx.*|"
    r"fixme.*",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(
    r"\{\{|\{%|\$\{|\$\(|^\$[A-Z_]|^%\(|^<.*>$|^!|^ENC\[|^\{[a-z_.]*\}$|^(env|vault|ref|file):"
)
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PARTS: Final = re.compile(r"[-_./:=+]+")

_SHORTEST: Final = 4
_SHORTEST_RANDOM: Final = 8
_LONG: Final = 20

_INSIDE: Final = r"[^/\s:@{}$<>\\()\[\]'\"]"
_URI: Final = re.compile(
    rf"[a-z][a-z0-9+.-]*://(?P<user>{_INSIDE}*):(?P<password>(?:{_INSIDE}|:)+)@(?P<host>[\w.-]*)", re.IGNORECASE
)
_OWN_MACHINE: Final = re.compile(r"localhost|127\.0\.0\.1|(.*\.)?example(\.(com|org|net))?", re.IGNORECASE)

_SHAPES: Final = {
    "An AWS access key": (r"\b(?:AKIA|ASIA)(?![A-Z0-9]*EXAMPLE)[A-Z0-9]{16}\b", ("AKIA", "ASIA")),
    "A token of GitHub": (r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})", ("gh", "github_pat_")),
    "A token of GitLab": (r"\bglpat-[\w-]{20,}", ("glpat-",)),
    "A token of Slack": (
        r"\bxox[abeprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{16,}",
        ("xox", "hooks.slack.com"),
    ),
    "A key of Google": (r"\bAIza[\w-]{35}", ("AIza",)),
    "A key of Stripe": (r"\b[rs]k_live_[0-9A-Za-z]{16,}", ("k_live_",)),
    "A key of OpenAI or Anthropic": (r"\bsk-(?:ant-|proj-)?(?=[\w-]*\d)[A-Za-z0-9_-]{32,}", ("sk-",)),
    "A token of Databricks": (r"\bdapi[0-9a-f]{32}\b", ("dapi",)),
    "A key of age": (r"\bAGE-SECRET-KEY-1[0-9A-Z]{40,}", ("AGE-SECRET-KEY-1",)),
    "A private key": (
        r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\s|\\n|[\"'])*[A-Za-z0-9+/=]{24,}",
        ("PRIVATE KEY-----",),
    ),
    "A signed token (JWT)": (r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}", ("eyJ",)),
}
SHAPES: Final = {what: (re.compile(pattern), hints) for what, (pattern, hints) in _SHAPES.items()}
"""What a text that matches is; one without any of the hints does not match, and that is told much faster."""

_NAMING: Final = re.compile(
    r"passw|passphrase|pwd|secret|token|(?:api|private|access|account|fernet|signing|encryption)[_.-]?key|://",
    re.IGNORECASE,
)


def may_hold_secrets(text: str) -> bool:
    """Tell whether `text` holds a word that a name of a secret has, or a URI; most files do not."""
    return _NAMING.search(text) is not None


def is_secret(name: str, value: str) -> bool:
    """Tell whether `value`, written out under this `name`, is a secret."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or _is_harmless(words, value):
        return False
    if words[-1] in _PASSWORDS:
        return len(value) >= _SHORTEST
    return any(tuple(words[-len(key) :]) == key for key in _KEYS) and _is_random(value)


def has_password(text: str) -> bool:
    """Tell whether `text` holds a URI with a password, for another machine than one's own.

    ``airflow:airflow`` and ``guest:guest`` are what everybody has: no secrets.
    """
    return "://" in text and any(
        match["password"] != match["user"]
        and not _OWN_MACHINE.fullmatch(match["host"])
        and not _is_harmless(["password"], match["password"])
        for match in _URI.finditer(text)
    )


def _is_harmless(words: list[str], value: str) -> bool:
    if _PLACEHOLDERS.fullmatch(value) or _REFERENCE.search(value) or any(sign.isspace() for sign in value):
        return True
    if value.isalpha() and (value.istitle() or not value.isascii()):
        return True  # the label of an input field, in any language
    # `password="warehouse-password"` and `PASSWORD = "db_password"` say where it is.
    return [word.lower() for word in _WORDS.findall(value)][-1:] == words[-1:] and not any(map(str.isdigit, value))


def _is_random(value: str) -> bool:
    if len(value) < _SHORTEST_RANDOM or "://" in value:
        return False
    parts = _PARTS.split(value)
    mixed = [len(part) for part in parts if re.search(r"[A-Za-z]", part) and re.search(r"\d", part)]
    is_long = any(len(part) >= _LONG and len(_WORDS.findall(part)) > _SHORTEST for part in parts)
    return is_long or max(mixed, default=0) >= _SHORTEST_RANDOM or sum(mixed) > _SHORTEST_RANDOM + 1
