"""What every `airside render TARGET` does: read the workspace, render, compare, write."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airside.base.errors import FindingsError, RefusedError
from airside.base.names import bundle_name
from airside.cli.context import Context

if TYPE_CHECKING:
    from airside.render.drift import Difference
    from airside.render.rendered import RenderedFile
    from airside.render.subject import AirsideSource, Subject

Render = Callable[["Subject"], tuple["RenderedFile", ...]]

_ENVIRONMENTS = click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="The environment to track; may be given again."
)
_OPTIONS = (
    click.option(
        "--out", type=click.Path(path_type=Path), metavar="DIR", help="Write there; by default, below deploy/."
    ),
    click.option("--check", is_flag=True, help="Write nothing; exit with 1 where files differ from the settings."),
    click.option("--force", is_flag=True, help="Overwrite what was edited by hand, or is not Airside's."),
)


@dataclass(frozen=True, slots=True)
class Target:
    """What can be rendered.

    Attributes:
        name: What the user types.
        folder: Where its files go, relative to the workspace; below it, one folder for each choice of environments.
        record: The file there that remembers what was rendered.
    """

    name: str
    folder: str
    record: str = ".rendered.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for.

    Attributes:
        environments: The ones to track.
        out: The folder to write to; None for the target's own.
        check: Compare only.
        force: Overwrite whatever is there.
        options: The target's own options, as they were typed.
    """

    environments: tuple[str, ...]
    out: Path | None
    check: bool
    force: bool
    options: tuple[str, ...] = ()


def render_options(function: Callable[..., object]) -> Callable[..., object]:
    """Give a verb `--env`, `--out`, `--check` and `--force`."""
    return _ENVIRONMENTS(file_options(function))


def file_options(function: Callable[..., object]) -> Callable[..., object]:
    """Give a verb `--out`, `--check` and `--force`: for targets that track no environment."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def render_target(context: Context, target: Target, render: Render, asked: Asked, *, then: str = "") -> None:
    """Render a target, and write or compare its files.

    Args:
        context: Of the verb.
        target: What is rendered.
        render: Its pure function.
        asked: What the user asked for.
        then: The next command after writing; ``{folder}`` stands for the folder.

    Raises:
        FindingsError: With `check`: files differ.
        RefusedError: A file was edited by hand, or is not Airside's.
        UsageError: The settings do not fit the target, or a file cannot be read or written.
    """
    subject = subject_of(context, target.name, asked.environments, asked.options)
    files = rendered_files(context, subject, render)
    folder = asked.out if asked.out is not None else context.workspace.root / _folder(target, subject.environments)
    _finish(context, _Rendering(subject, files, folder, target.record), asked, then)


def rendered_files(context: Context, subject: "Subject", render: Render) -> tuple["RenderedFile", ...]:
    """Return what a target is rendered to, with the overlays of the workspace.

    Raises:
        UsageError: The settings do not fit the target, or an overlay is for no file.
    """
    return _with_overlays(context.workspace.root, subject, render(subject))


def _with_overlays(root: Path, subject: "Subject", files: tuple["RenderedFile", ...]) -> tuple["RenderedFile", ...]:
    from airside.cli.rendered_files import read_overlays
    from airside.render.overlays import with_overlays
    from airside.render.subject import OVERLAYS

    for name in (subject.target, *(f"{subject.target}@{bundle_name(each)}" for each in subject.environments)):
        folder = f"{OVERLAYS}/{name}"
        files = with_overlays(files, read_overlays(root / folder), folder)
    return files


@dataclass(frozen=True, slots=True)
class _Rendering:
    """Files, and where they belong."""

    subject: "Subject"
    files: tuple["RenderedFile", ...]
    folder: Path
    record: str

    @property
    def shown(self) -> str:
        """The folder, for people."""
        from airside.cli.rendered_files import shown_path

        return shown_path(self.folder)

    def place(self, path: str) -> str:
        """Return where one of its files is, for people."""
        from airside.cli.rendered_files import shown_path

        return shown_path(self.folder / path)


def _folder(target: Target, environments: Sequence[str]) -> str:
    return "/".join(filter(None, (target.folder, "+".join(map(bundle_name, environments)))))


def subject_of(context: Context, target: str, environments: Sequence[str], options: Sequence[str] = ()) -> "Subject":
    """Return what rendering follows from.

    Raises:
        UnknownEnvironmentError: `airside.toml` declares no such environment.
        WorkspaceError: `trust.toml` cannot be read, or `requirements.lock` lacks what the target needs.
    """
    from airside.cli.rendered_files import read_trust
    from airside.platform.lockfile import lock_digest, require_locked
    from airside.render.subject import Subject
    from airside.workspace.targets.packages import packages_of_target

    workspace = context.workspace
    named = tuple(dict.fromkeys(environments))
    settings = workspace.settings.for_environments(named)
    require_locked(workspace, packages_of_target(settings, target))
    command = ["airside", "render", target, *(f"--env {name}" for name in named), *options]
    return Subject(
        settings=settings,
        environments=named,
        lock=lock_digest(workspace),
        trust=read_trust(workspace),
        airside=airside_source(),
        target=target,
        command=" ".join(command),
    )


def airside_source() -> "AirsideSource":
    """Return where another machine has the Airside from that runs now."""
    from airside.render.subject import AirsideSource

    distribution = metadata.distribution("airside")
    # PEP 610: what was installed from an index has no such file.
    published = distribution.read_text("direct_url.json") is None
    return AirsideSource(f"airside=={distribution.version}", wheel=not published)


def _finish(context: Context, made: _Rendering, asked: Asked, then: str) -> None:
    from airside.cli.rendered_files import found_files, read_record, write_files
    from airside.render.drift import MINE, State, differences

    record = read_record(made.folder / made.record)
    found = found_files(made.folder, {*record, *(file.path for file in made.files)})
    states = differences(made.files, found, record)
    differing = [difference for difference in states if difference.state is not State.SAME]
    if asked.check:
        _tell_check(context, made, differing)
        return
    foreign = [difference for difference in differing if difference.state not in MINE]
    if foreign and not asked.force:
        raise _refusal(made, foreign)
    write_files(made.folder, made.files, differing, made.record)
    _tell_written(context, made, differing, then)


def _tell_check(context: Context, made: _Rendering, differing: "Sequence[Difference]") -> None:
    if differing:
        from airside.render.drift import MINE

        lines = [f"{made.place(difference.path)}: {difference.state}" for difference in differing]
        kept = any(difference.state not in MINE for difference in differing)
        raise FindingsError(
            "\n".join([f"{_counted(len(lines))} from the settings:", *lines]),
            hint=_overlay_hint(made, differing) if kept else f"`{made.subject.command}` writes what differs.",
        )
    context.output.done(f"{made.shown} is as the settings have it")
    context.output.document({"target": made.subject.target, "folder": made.shown, "differences": []})


def _counted(number: int) -> str:
    return "1 of the rendered files differs" if number == 1 else f"{number} of the rendered files differ"


def _refusal(made: _Rendering, foreign: "Sequence[Difference]") -> RefusedError:
    lines = [f"{made.place(difference.path)}: {difference.state}" for difference in foreign]
    return RefusedError(
        "\n".join(["Nothing was written, since this would be lost:", *lines]), hint=_overlay_hint(made, foreign)
    )


def _overlay_hint(made: _Rendering, differing: "Sequence[Difference]") -> str:
    from airside.render.drift import MINE
    from airside.render.subject import OVERLAYS

    path = next(difference.path for difference in differing if difference.state not in MINE)
    first = f"{OVERLAYS}/{made.subject.target}/{path}"
    return f"Move your changes to an overlay, such as {first}, or give them up with --force."


def _tell_written(context: Context, made: _Rendering, differing: "Sequence[Difference]", then: str) -> None:
    for difference in differing:
        context.output.say(f"  {made.place(difference.path)}")
    changed = f"{len(differing)} of {len(made.files)} files written" if differing else "nothing to change"
    context.output.done(
        f"{made.subject.target} in {made.shown}: {changed}", then=then.format(folder=shlex.quote(made.shown)) or None
    )
    context.output.document(
        {
            "target": made.subject.target,
            "folder": made.shown,
            "environments": list(made.subject.environments),
            "files": [file.path for file in made.files],
            "differences": [{"path": one.path, "state": str(one.state)} for one in differing],
        }
    )
