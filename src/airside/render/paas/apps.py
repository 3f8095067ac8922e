"""The files of an app: its image, its variables, how it starts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files

from airside.render.image.containerfile import containerfile
from airside.render.paas.options import APP
from airside.render.paas.provider import Parts, Provider
from airside.render.rendered import RenderedFile
from airside.render.subject import Subject
from airside.render.templates import fill

PROGRAMS = "airside.render.paas"


@dataclass(frozen=True, slots=True)
class Process:
    """A process of an app that runs several.

    Attributes:
        name: For people.
        command: Its words, of a shell.
        health: A URL that answers 200 while it is well; empty where it is enough that it runs.
    """

    name: str
    command: str
    health: str = ""


@dataclass(frozen=True, slots=True)
class App:
    """An app: one image, one machine or several alike.

    Attributes:
        name: Of its folder.
        variables: What it is given, without secrets.
        secrets: Variables that have to be there too.
        kept: Of those, the ones that become files, and the variable that names each file.
        processes: What it runs; none for the api-server, which runs by itself and migrates the database.
        hints: For each section of the provider what to do where its variables are not there.
        files: Further files of its image.
    """

    name: str
    variables: Mapping[str, str]
    secrets: tuple[str, ...]
    kept: Mapping[str, str]
    processes: tuple[Process, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
    files: tuple[RenderedFile, ...] = ()


def app_files(subject: Subject, provider: Provider, app: App) -> tuple[RenderedFile, ...]:
    """Return the files of an app, in a folder of its name."""
    return tuple(_files(subject, provider, app))


def _files(subject: Subject, provider: Provider, app: App) -> Iterator[RenderedFile]:
    def filled(path: str, template: str, **values: object) -> RenderedFile:
        path = f"{app.name}/{path}"
        return RenderedFile(path, fill("paas", template, header=subject.header(path), app=APP, **values))

    yield _dockerfile(subject, provider, f"{app.name}/Dockerfile")
    yield filled(f"{app.name}.env", "app.env.j2", variables=sorted(app.variables.items()))
    yield filled("app/start.sh", "background.sh.j2" if app.processes else "web.sh.j2")
    yield filled("app/before-start.sh", "before-start.sh.j2")
    yield filled("app/provided.ini", "provided.ini.j2", sections=dict(_sections(provider, app)))
    yield program(subject, PROGRAMS, "provided.py", f"{app.name}/app")
    if app.processes:
        yield filled("app/group.ini", "group.ini.j2", processes=app.processes)
        yield program(subject, PROGRAMS, "group.py", f"{app.name}/app")
    if subject.trust is not None:
        yield RenderedFile(f"{app.name}/app/trust.toml", subject.trust)
    for file in app.files:
        own = f"{app.name}/app/{file.path}"
        yield replace(file, path=own, text=file.text.replace(subject.header(file.path), subject.header(own)))


def _dockerfile(subject: Subject, provider: Provider, path: str) -> RenderedFile:
    image = containerfile(subject, path, "`deploy.sh` prepares it", entrypoint=False)
    return RenderedFile(path, fill("paas", "Dockerfile.j2", image=image, app=APP, port=provider.port))


def _sections(provider: Provider, app: App) -> Iterator[tuple[str, Parts]]:
    for name, parts in (("database", provider.database), ("bucket", provider.bucket), ("redis", provider.redis)):
        if parts is not None:
            yield name, {**parts, "hint": app.hints.get(name, f"add it to the app, on {provider.name}")}
    yield "required", dict.fromkeys(app.secrets, app.hints.get("secrets", "set it"))
    yield "files", app.kept
    yield "copied", provider.copied


def program(subject: Subject, package: str, name: str, folder: str) -> RenderedFile:
    """Return a program that is rendered as it is in `package`, with a header."""
    path = f"{folder}/{name}" if folder else name
    text = files(package).joinpath("files", name).read_text("utf-8")
    return RenderedFile(path, f"{subject.header(path)}\n{text}")
