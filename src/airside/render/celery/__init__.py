"""The platform on machines of one's own: systemd units, environment files, and the scripts around them.

One control host runs Airflow's own processes, any number of machines run workers. Releases come from the store, tasks
through the broker, and everything else from the API server.
"""

from collections.abc import Iterator

from airside.render.accounts import users
from airside.render.celery.layout import (
    ACCOUNT,
    CONFIGURATION,
    GIVEN,
    PASSWORDS,
    PLACES,
    PROGRAMS,
    SECRETS,
    STATE,
    USER_FILE,
    WORKER_SECRETS,
)
from airside.render.celery.operating import operation
from airside.render.celery.refusing import refuse_what_cannot_run
from airside.render.celery.units import CONTROL, Unit, units
from airside.render.celery.variables import as_lines, base_url, common_variables, control_variables
from airside.render.celery.watching import alerts_watcher
from airside.render.rendered import RenderedFile
from airside.render.secret_names import API, BROKER, DATABASE, FERNET, JWT, RESULTS, SECRET_NAMES
from airside.render.subject import Subject
from airside.render.templates import fill

_PLACES = {
    "account": ACCOUNT,
    "configuration": CONFIGURATION,
    "key_file": PLACES.key_file,
    "password": USER_FILE,
    "passwords": PASSWORDS,
    "programs": PROGRAMS,
    "secrets": SECRETS,
    "state": STATE,
}
_EXAMPLES = {
    DATABASE.name: "postgresql+psycopg2://airflow:PASSWORD@HOST/airflow",
    BROKER.name: "redis://:PASSWORD@HOST:6379/0",
    RESULTS.name: "db+postgresql+psycopg2://airflow:PASSWORD@HOST/airflow",
}


def render(subject: Subject) -> tuple[RenderedFile, ...]:
    """Return the files of a platform on machines.

    Raises:
        WorkspaceError: The settings cannot run on machines; a line for each fault.
    """
    refuse_what_cannot_run(subject)
    return (*_configuration(subject), *_units(subject), *_scripts(subject))


def _configuration(subject: Subject) -> Iterator[RenderedFile]:
    for path, about, variables in (
        ("airside.env", "What every process on every machine is told.", common_variables(subject)),
        ("control.env", "What those of the control host are told beside that.", control_variables(subject)),
    ):
        header = subject.header(path)
        yield RenderedFile(path, fill("celery", "env.j2", header=header, about=about, lines=as_lines(variables)))
    yield RenderedFile("airflow.cfg", fill("celery", "cfg.j2", header=subject.header("airflow.cfg")))
    if subject.trust is not None:
        yield RenderedFile("trust.toml", subject.trust)
    if (watcher := alerts_watcher(subject)) is not None:
        yield watcher.file


def _units(subject: Subject) -> Iterator[RenderedFile]:
    for unit in units(subject):
        path = f"units/airside-{unit.name}.service"
        yield RenderedFile(path, fill("celery", "service.j2", header=subject.header(path), unit=unit, **_PLACES))
    for path, template in (
        ("units/airside.target", "target.j2"),
        ("units/airside-migrate.service", "migrate.j2"),
    ):
        yield RenderedFile(path, fill("celery", template, header=subject.header(path), **_PLACES))


def _scripts(subject: Subject) -> Iterator[RenderedFile]:
    yield RenderedFile("install.sh", _install(subject, units(subject)), executable=True)
    text = fill(
        "celery",
        "secrets.sh.j2",
        header=subject.header("secrets.sh"),
        all=SECRET_NAMES,
        given=GIVEN,
        worker_given=WORKER_SECRETS,
        fernet=FERNET,
        api=API,
        jwt=JWT,
        users=sorted(users(subject)),
        examples=_EXAMPLES,
        **_PLACES,
    )
    yield RenderedFile("secrets.sh", text, executable=True)
    yield operation(subject)


def _install(subject: Subject, found: tuple[Unit, ...]) -> str:
    return fill(
        "celery",
        "install.sh.j2",
        header=subject.header("install.sh"),
        groups=list(subject.settings.celery.groups),
        control_units=[f"airside-{unit.name}" for unit in found if unit.role == CONTROL],
        lock=subject.lock,
        trust=subject.trust,
        airside=subject.airside,
        python=subject.settings.airflow.python,
        base_url=base_url(subject),
        watcher=alerts_watcher(subject),
        **_PLACES,
    )
