"""`airside render jenkins`."""

from pathlib import Path

from airside.cli.context import Context
from airside.cli.pipelines import render_pipeline
from airside.cli.rendering import file_options
from airside.cli.verb import verb


@verb
@file_options
def command(context: Context, *, out: Path | None, check: bool, force: bool) -> None:
    r"""Write the Jenkinsfile that ships this workspace.

    On a pull request it checks, tests and keeps the plan. On the branch it deploys, on a tag it promotes, once
    somebody has agreed. `[ci]` of airside.toml says from where to where. It is for a multibranch project that
    discovers tags.

    \b
    airside render jenkins
    airside render jenkins --check     in CI: is it as airside.toml has it?

    Exit codes: 1 with --check: it differs; 2 the settings do not fit; 3 a file there is not Airside's, or was edited.
    """
    render_pipeline(context, "jenkins", out=out, check=check, force=force)
