"""`.circleci/config.yml`."""

from typing import Final

from airside.base.names import bundle_name
from airside.render.ci import scripts
from airside.render.ci.access import Access, moving, planning
from airside.render.ci.faults import Names, require_shippable
from airside.render.ci.tags import as_expression
from airside.render.refusing import refuse
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill

PATH: Final = ".circleci/config.yml"
TOKEN: Final = "CIRCLE_OIDC_TOKEN_V2"  # noqa: S105 - the name of a variable

_NAMES = Names("CircleCI", r"[A-Za-z_][A-Za-z0-9_]*", "letters, digits and '_'")
_SERVICE = scripts.Service(
    message='"$CIRCLE_BUILD_URL"', commit='"$CIRCLE_SHA1"', actor='"${CIRCLE_USERNAME:-circleci}"'
)


def render(subject: Subject) -> tuple[RenderedFile, ...]:
    """Return the configuration for CircleCI.

    Raises:
        WorkspaceError: No pipeline that works can come of the settings.
    """
    settings = subject.settings
    require_shippable(subject, _NAMES)
    reading, writing = planning(settings), moving(settings)
    if writing.by_token and not settings.ci.context:
        refuse(["ci.context: CircleCI gives a token to jobs that have a context, and this is empty"])
    text = fill(
        "ci",
        "circleci.yml.j2",
        header=subject.header(PATH),
        ci=settings.ci,
        on_tag=f"/^{as_expression(settings.ci.tag)}$/",
        variables=scripts.variables(subject),
        image=scripts.image(settings),
        lock="/".join(filter(None, (settings.ci.folder, "requirements.lock"))),
        deploy_context=bundle_name(settings.ci.deploy),
        promote_context=bundle_name(settings.ci.promote) if settings.ci.promote else "",
        check=scripts.check("circleci"),
        test=scripts.test(),
        results=(scripts.CHECK_RESULTS, scripts.TEST_RESULTS),
        plan=scripts.joined(_let_in(reading), scripts.plan(settings)),
        plan_file=scripts.PLAN,
        deploy=scripts.joined(_let_in(writing), scripts.deploy(settings, _SERVICE)),
        promote=scripts.joined(_let_in(writing), scripts.promote(settings, _SERVICE)),
    )
    return (RenderedFile(PATH, text),)


def _let_in(access: Access) -> str:
    return scripts.joined(scripts.exported(access.secrets), scripts.token_of(access, TOKEN))
