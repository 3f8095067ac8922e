"""What `airside render` does for each CI service: its files belong where the service looks for them."""

from importlib import import_module
from pathlib import Path

from airside.cli.context import Context
from airside.cli.rendering import Asked, Target, render_target


def render_pipeline(context: Context, service: str, *, out: Path | None, check: bool, force: bool) -> None:
    """Render the pipeline of a CI service to the top of the repository, or into `out`.

    Raises:
        AirsideError: As `render_target`.
    """
    up = "/".join(".." for _ in filter(None, context.workspace.settings.ci.folder.split("/")))
    target = Target(service, up, record=f"deploy/{service}.rendered.json")
    render = import_module(f"airside.render.ci.{service}").render
    then = "" if check else "git add the files, then set the secrets that they name"
    render_target(context, target, render, Asked((), out, check, force), then=then)
