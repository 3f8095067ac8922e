"""`operate.sh` of a machine: the verbs are those of systemd, on the services that this machine has."""

from airside.render.celery.layout import ACCOUNT, CONFIGURATION, PROGRAMS, SECRETS, STATE
from airside.render.operate import Verb, operate
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject

_BEFORE = """
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}
"""

_BASH = f"""
if [ -t 0 ]; then way=--pty; else way=--pipe; fi
as_root systemd-run --quiet --wait --collect "$way" --uid={ACCOUNT} --gid={ACCOUNT} --working-directory={STATE} \\
  --setenv=PATH={PROGRAMS}/current/bin:/usr/local/bin:/usr/bin:/bin --setenv=HOME={STATE} \\
  --property=EnvironmentFile={CONFIGURATION}/airside.env --property=EnvironmentFile=-{CONFIGURATION}/control.env \\
  --property=EnvironmentFile=-{SECRETS}/store.env --property=EnvironmentFile=-{CONFIGURATION}/machine.env \\
  /bin/bash "$@"
"""


def operation(subject: Subject) -> RenderedFile:
    """Return the script that operates what this machine runs."""
    commands = {
        Verb.START: "as_root systemctl start airside.target",
        # A worker ends its tasks first, for as long as `celery.grace` says.
        Verb.STOP: "as_root systemctl stop airside.target",
        Verb.RESTART: "as_root systemctl restart airside.target",
        Verb.STATUS: "systemctl --no-pager --all list-units 'airside*'",
        Verb.LOGS: """as_root journalctl --no-pager --lines=200 --unit="airside-${1:-*}" "${@:2}\"""",
        Verb.BASH: _BASH,
        Verb.DEPLOY: 'as_root ./install.sh "$@"',
    }
    return operate(subject, commands, before=_BEFORE)
