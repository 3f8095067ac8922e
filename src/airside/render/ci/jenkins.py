"""`Jenkinsfile`, a declarative pipeline for a multibranch project."""

from typing import Final

from airside.render.ci import scripts
from airside.render.ci.access import moving, planning
from airside.render.ci.faults import Names, require_shippable
from airside.render.ci.groovy import as_groovy
from airside.render.ci.tags import as_expression
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill

PATH: Final = "Jenkinsfile"

_NAMES = Names("Jenkins", r"[A-Za-z0-9_.-]+", "letters, digits, '_', '-' and '.'")
_SERVICE = scripts.Service(message='"$BUILD_URL"', commit='"$GIT_COMMIT"')

# `sh` alone prints each line, and may be any shell.
_BEGIN = "#!/usr/bin/env bash\nset -euo pipefail\n"

# In a container of Jenkins a job has the number of Jenkins' own account, and no home.
_HOME = 'export HOME="$WORKSPACE_TMP"\nmkdir -p "$HOME"\n'


def render(subject: Subject) -> tuple[RenderedFile, ...]:
    """Return the pipeline for Jenkins.

    Raises:
        WorkspaceError: No pipeline that works can come of the settings.
    """
    settings = subject.settings
    require_shippable(subject, _NAMES, tokens=False)
    begin = _BEGIN if settings.ci.agent else _BEGIN + _HOME
    text = fill(
        "ci",
        "Jenkinsfile.j2",
        header=subject.header(PATH, comment="//"),
        groovy=as_groovy,
        ci=settings.ci,
        on_tag=as_expression(settings.ci.tag),
        variables=scripts.variables(subject),
        image=scripts.image(settings),
        planning=planning(settings),
        moving=moving(settings),
        check=begin + scripts.check("jenkins"),
        test=begin + scripts.test(),
        results=(scripts.CHECK_RESULTS, scripts.TEST_RESULTS),
        plan=begin + scripts.plan(settings),
        plan_file=scripts.PLAN,
        deploy=begin + scripts.deploy(settings, _SERVICE),
        promote=begin + scripts.promote(settings, _SERVICE) if settings.ci.promote else "",
    )
    return (RenderedFile(PATH, text),)
