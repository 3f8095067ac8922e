"""The files for Clever Cloud."""

from airside.base.errors import WorkspaceError
from airside.render.clevercloud.apps import apps
from airside.render.clevercloud.provider import ENDPOINT, Names, base_url, provider
from airside.render.operate import Verb, operate
from airside.render.paas.apps import App, app_files, program
from airside.render.paas.faults import bucket_faults, executor_faults, faults
from airside.render.paas.options import variables
from airside.render.programs import required
from airside.render.refusing import missing_environment, missing_lock, refuse
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill

_EXAMPLE = 'domain = "airflow.example.com"'


def render(subject: Subject) -> tuple[RenderedFile, ...]:
    """Return a folder for each app, and the scripts that make, fill, deploy and operate them.

    Raises:
        WorkspaceError: The settings do not fit, or no environment is named.
    """
    missing_environment(subject)
    missing_lock(subject)
    settings = subject.settings.clevercloud
    url = base_url(subject)
    if url is None:
        raise WorkspaceError(
            "airside.toml: clevercloud.domain: tasks find Airflow by its public name, and there is none",
            hint=f"Add the line {_EXAMPLE} to [clevercloud]; a name below cleverapps.io will do.",
        )
    names = Names(subject)
    given = provider(names)
    common = variables(subject, url, settings.executor, given.port)
    found = [*faults(subject, common), *executor_faults(subject, settings.executor, "clevercloud.executor")]
    if names.cellar:
        found += bucket_faults(subject, ENDPOINT, 'clevercloud.cellar = ""')
    refuse(found)
    all_apps = apps(subject, names, url, common)
    return (
        *(file for app in all_apps for file in app_files(subject, given, app)),
        *_scripts(subject, names, url, all_apps),
    )


def _scripts(subject: Subject, names: Names, url: str, all_apps: tuple[App, ...]) -> tuple[RenderedFile, ...]:
    settings = subject.settings.clevercloud
    parts = [app.name for app in all_apps]
    flavors = {
        "api": (settings.api_flavor, 1),
        "scheduler": (settings.scheduler_flavor, 1),
        "worker": (settings.worker_flavor, settings.workers),
    }

    def filled(path: str, *, executable: bool = True) -> RenderedFile:
        text = fill(
            "clevercloud",
            f"{path}.j2",
            header=subject.header(path),
            needs=required("clever", "git", "python3"),
            settings=settings,
            url=url,
            names=names,
            apps=all_apps,
            sizes={part: flavors[part] for part in parts},
            lock=str(subject.lock),
            wheel=subject.airside.wheel,
            command=subject.command,
        )
        return RenderedFile(path, text, executable=executable)

    return (
        filled("apps.ini", executable=False),
        program(subject, "airside.render.clevercloud", "variables.py", ""),
        filled("create.sh"),
        filled("secrets.sh"),
        filled("deploy.sh"),
        _operate(subject, names, parts),
    )


def _operate(subject: Subject, names: Names, parts: list[str]) -> RenderedFile:
    def each(verb: str) -> str:
        return "\n".join(f"clever {verb} --alias {names.app(part)}" for part in parts)

    def one(verb: str) -> str:
        return f'clever {verb} --alias "{names.prefix}-${{1:-scheduler}}"'

    return operate(
        subject,
        {
            Verb.START: each("restart"),
            Verb.STOP: each("stop"),
            Verb.RESTART: each("restart"),
            Verb.STATUS: each("status"),
            Verb.LOGS: one("logs"),
            Verb.BASH: one("ssh"),
            Verb.DEPLOY: './deploy.sh "$@"',
        },
        before='# Which apps there are: create.sh has written it.\nexport APP_CONFIGURATION_FILE="$PWD/.clever.json"',
    )
