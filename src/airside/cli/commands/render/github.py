"""`airside render github`."""

from pathlib import Path

from airside.cli.context import Context
from airside.cli.pipelines import render_pipeline
from airside.cli.rendering import file_options
from airside.cli.verb import verb


@verb
@file_options
def command(context: Context, *, out: Path | None, check: bool, force: bool) -> None:
    r"""Write the workflows of GitHub Actions that ship this workspace.

    On a pull request they check, test and comment with the plan. On the branch they deploy, on a tag they promote.
    `[ci]` of airside.toml says from where to where. They belong into .github/workflows of the repository.

    \b
    airside render github
    airside render github --check     in CI: is it as airside.toml has it?

    Exit codes: 1 with --check: files differ; 2 the settings do not fit; 3 a file there is not Airside's, or was edited.
    """
    render_pipeline(context, "github", out=out, check=check, force=force)
