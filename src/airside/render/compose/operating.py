"""`operate.sh` of the stack."""

from airside.render.compose.layout import shape_of
from airside.render.image.naming import image_reference
from airside.render.operate import Verb, operate
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import as_word

_BEFORE = """
compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose "$@"
  elif command -v docker-compose >/dev/null 2>&1; then
    docker-compose "$@"
  else
    podman compose "$@"
  fi
}
"""

_BUILD = """
# An image of this machine alone is built here; one that a registry has is pulled.
image() {{
  if command -v docker >/dev/null 2>&1; then docker image inspect "$@"; else podman image inspect "$@"; fi
}}
if ! image "${{AIRSIDE_IMAGE:-{image}}}" >/dev/null 2>&1 && command -v airside >/dev/null 2>&1; then
  airside image build
fi
"""


def operation(subject: Subject) -> RenderedFile:
    """Return the script that operates the stack."""
    settings = subject.settings
    own = settings.compose.image is None and settings.image.name is None
    first = "./secrets.sh\n" + (_BUILD.format(image=image_reference(subject)).strip() + "\n" if own else "")
    part = "scheduler" if not shape_of(subject).celery else "worker"
    commands = {
        Verb.START: f'{first}compose up --detach --wait "$@"',
        # Volumes stay: the database, the releases, the logs.
        Verb.STOP: 'compose down "$@"',
        Verb.RESTART: 'compose restart "$@"',
        Verb.STATUS: 'compose ps --all "$@"',
        Verb.LOGS: 'compose logs --tail=200 "$@"',
        Verb.BASH: f'compose exec "${{1:-{as_word(part)}}}" bash "${{@:2}}"',
        Verb.DEPLOY: f'{first}compose up --detach --wait --remove-orphans "$@"',
    }
    return operate(subject, commands, before=_BEFORE)
