"""Two workflows of GitHub Actions: for pull requests, and for the branch and its tags."""

from collections.abc import Mapping
from typing import Any, Final

from airside.render.ci import scripts
from airside.render.ci.access import moving, planning
from airside.render.ci.actions import ACTIONS, UV
from airside.render.ci.comment import comment
from airside.render.ci.faults import Names, require_shippable
from airside.render.ci.tags import as_glob
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill

PULL_REQUEST: Final = ".github/workflows/airside-pull-request.yml"
MOVES: Final = ".github/workflows/airside.yml"
"""Two files, for what runs on a pull request may store what the next one finds; what deploys takes nothing of it."""

_NAMES = Names("GitHub", r"(?!GITHUB_)[A-Za-z_][A-Za-z0-9_]*", "letters, digits and '_', and not GITHUB_ at first")
_SERVICE = scripts.Service(
    message='"$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"', commit='"$GITHUB_SHA"'
)


def render(subject: Subject) -> tuple[RenderedFile, ...]:
    """Return the workflows for GitHub Actions.

    Raises:
        WorkspaceError: No pipeline that works can come of the settings.
    """
    require_shippable(subject, _NAMES)
    values = _values(subject)
    return (
        RenderedFile(PULL_REQUEST, _filled("github_pull_request.yml.j2", subject.header(PULL_REQUEST), values)),
        RenderedFile(MOVES, _filled("github.yml.j2", subject.header(MOVES), values)),
    )


def _filled(template: str, header: str, values: Mapping[str, Any]) -> str:
    return fill("ci", template, header=header, **values)


def _values(subject: Subject) -> Mapping[str, Any]:
    settings = subject.settings
    reading, writing = planning(settings), moving(settings)
    return {
        "ci": settings.ci,
        "tags": as_glob(settings.ci.tag),
        "variables": scripts.variables(subject),
        "actions": ACTIONS,
        "uv": UV,
        "lock": "/".join(filter(None, (settings.ci.folder, "requirements.lock"))),
        "planning": reading,
        "moving": writing,
        "check": scripts.check("github", annotate=True),
        "test": scripts.test(),
        "results": scripts.TEST_RESULTS,
        "plan": scripts.joined(scripts.required(reading.secrets), scripts.plan(settings)),
        "plan_file": scripts.PLAN,
        "comment": comment(settings.ci.deploy),
        "deploy": scripts.joined(scripts.required(writing.secrets), scripts.deploy(settings, _SERVICE)),
        "promote": scripts.joined(scripts.required(writing.secrets), scripts.promote(settings, _SERVICE)),
    }
