"""`.gitlab-ci.yml`."""

import json
from typing import Final

from airside.render.ci import scripts
from airside.render.ci.access import Access, moving, planning
from airside.render.ci.faults import Names, require_shippable
from airside.render.ci.tags import as_expression
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill
from airside.workspace.settings import Settings

PATH: Final = ".gitlab-ci.yml"
TOKEN: Final = "AIRSIDE_ID_TOKEN"  # noqa: S105 - the name of a variable

_NAMES = Names("GitLab", r"[A-Za-z_][A-Za-z0-9_]*", "letters, digits and '_'")
_SERVICE = scripts.Service(message='"$CI_PIPELINE_URL"', commit='"$CI_COMMIT_SHA"', actor='"$GITLAB_USER_LOGIN"')


def render(subject: Subject) -> tuple[RenderedFile, ...]:
    """Return the pipeline for GitLab CI.

    Raises:
        WorkspaceError: No pipeline that works can come of the settings.
    """
    settings = subject.settings
    require_shippable(subject, _NAMES)
    reading, writing = planning(settings), moving(settings)
    text = fill(
        "ci",
        "gitlab.yml.j2",
        header=subject.header(PATH),
        ci=settings.ci,
        on_branch=f"$CI_COMMIT_BRANCH == {json.dumps(settings.ci.branch)}",
        on_tag=f"$CI_COMMIT_TAG =~ /^{as_expression(settings.ci.tag)}$/",
        variables=scripts.variables(subject),
        image=scripts.image(settings),
        lock="/".join(filter(None, (settings.ci.folder, "requirements.lock"))),
        token=TOKEN,
        audience=_audience(settings),
        planning=reading,
        moving=writing,
        check=scripts.check("gitlab"),
        test=scripts.test(),
        results=(scripts.CHECK_RESULTS, scripts.TEST_RESULTS),
        plan=scripts.joined(_let_in(reading), scripts.plan(settings)),
        plan_file=scripts.PLAN,
        deploy=scripts.joined(_let_in(writing), scripts.deploy(settings, _SERVICE)),
        promote=scripts.joined(_let_in(writing), scripts.promote(settings, _SERVICE)),
    )
    return (RenderedFile(PATH, text),)


def _audience(settings: Settings) -> str:
    if settings.ci.gcp:
        return f"https://iam.googleapis.com/{settings.ci.gcp.provider}"
    return "sts.amazonaws.com"


def _let_in(access: Access) -> str:
    return scripts.joined(scripts.exported(access.secrets), scripts.token_of(access, TOKEN))
