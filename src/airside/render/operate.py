"""`operate.sh`: what `make VERB TARGET=…` runs, the same verbs on each target."""

from collections.abc import Mapping
from enum import StrEnum
from textwrap import indent
from typing import Final

from airside.render.rendered import RenderedFile
from airside.render.subject import Subject

PATH: Final = "operate.sh"


class Verb(StrEnum):
    """What can be done with a platform that runs elsewhere."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"
    STATUS = "status"
    LOGS = "logs"
    BASH = "bash"
    DEPLOY = "deploy"


MEANINGS: Final[Mapping[Verb, str]] = {
    Verb.START: "start it, and return when it runs",
    Verb.STOP: "stop it; what it keeps stays",
    Verb.RESTART: "stop it and start it",
    Verb.STATUS: "show what runs, and how it is",
    Verb.LOGS: "show what it prints, or what the part that is named prints",
    Verb.BASH: "a shell in it, or in the part that is named",
    Verb.DEPLOY: "bring it to what is rendered here",
}

_FRAME: Final = """\
#!/usr/bin/env bash
{header}
#
# ./operate.sh VERB [ARGUMENT...]
{verbs}

set -eu
unset CDPATH
cd -- "$(dirname -- "$0")"
{before}
usage() {{
  printf '%s\\n' {usage} >&2
  exit 2
}}

verb="${{1:-}}"
[ "$#" -eq 0 ] || shift
case "$verb" in
{cases}
  "") usage ;;
  *)
    printf 'There is no verb %s here\\n' "$verb" >&2
    usage
    ;;
esac
"""


def operate(subject: Subject, commands: Mapping[Verb, str], *, before: str = "") -> RenderedFile:
    """Return the script that operates a target.

    It runs in the folder that has it, whatever the current one is. A verb that is not in `commands` is refused with 2.

    Args:
        subject: What is rendered.
        commands: For each verb lines of bash. What the user typed after the verb is ``"$@"``. A failure ends the
            script, with its exit code.
        before: Lines that come before all of them: functions, variables.
    """
    verbs = [verb for verb in Verb if verb in commands]
    width = max(map(len, verbs))
    lines = [f"{verb:{width}}  {MEANINGS[verb]}" for verb in verbs]
    cases = "\n".join(f"  {verb})\n{indent(commands[verb].strip(), '    ')}\n    ;;" for verb in verbs)
    text = _FRAME.format(
        header=subject.header(PATH),
        verbs="\n".join(f"#   {line}" for line in lines),
        before=f"\n{before.strip()}\n" if before.strip() else "",
        usage=" ".join(f"'{line}'" for line in (f"Usage: {PATH} VERB [ARGUMENT...]", *(f"  {line}" for line in lines))),
        cases=cases,
    )
    return RenderedFile(PATH, text, executable=True)
