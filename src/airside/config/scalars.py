"""What a word of YAML without quotes stands for.

YAML 1.1 and 1.2 disagree about some, and people with both: `no` (a boolean, or Norway), `012` (ten, or twelve). None
of these is guessed. Dates and times of day are text.
"""

import re
from typing import Final

from airside.config.nodes import Scalar

_CONSTANTS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_SWITCH: Final = re.compile(r"(?P<true>yes|Yes|YES|on|On|ON)|no|No|NO|off|Off|OFF")
_OCTAL: Final = re.compile(r"[-+]?0[0-9_]*[0-9]")
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]*(_[0-9]+)*|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+)")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(_[0-9]+)*(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def scalar(text: str) -> Scalar:
    """Return what `text`, written without quotes, stands for.

    Raises:
        ValueError: It could be one of two things; says which, and how to write each.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if switch := _SWITCH.fullmatch(text):
        meant = "true" if switch["true"] else "false"
        raise ValueError(f"{text} may be meant as a boolean or as a word: write {meant}, or '{text}' in quotes")
    if _OCTAL.fullmatch(text):
        raise ValueError(
            f"{text} may be meant as an octal number or as a decimal one: write it without the zero, "
            f"as 0o{text.lstrip('-+').lstrip('0') or '0'}, or '{text}' in quotes"
        )
    if _INTEGER.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text
