"""The templates of a workflow: its fields, and the files that they name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import jinja2
from airflow.sdk.definitions._internal.templater import create_template_env

from airside.inspection.contract.asks import Pull
from airside.inspection.contract.jinja import Template, Use, in_include, read_template
from airside.inspection.contract.ledger import Ledger, Place
from airside.inspection.contract.making import notes
from airside.inspection.contract.objects import Anything, Dag, Task
from airside.inspection.contract.sites import Site
from airside.inspection.contract.sources import Sources
from airside.inspection.contract.xcoms import check_pull

_REMOVED: Final = {
    "execution_date": "logical_date",
    "next_ds": "data_interval_end | ds",
    "next_ds_nodash": "data_interval_end | ds_nodash",
    "next_execution_date": "data_interval_end",
    "prev_ds": "data_interval_start | ds",
    "prev_ds_nodash": "data_interval_start | ds_nodash",
    "prev_execution_date": "data_interval_start",
    "prev_execution_date_success": "prev_data_interval_start_success",
    "tomorrow_ds": "macros.ds_add(ds, 1)",
    "yesterday_ds": "macros.ds_add(ds, -1)",
    "conf": "var, params or dag_run.conf",
    "triggering_dataset_events": "triggering_asset_events",
}
"""Names of Airflow 2 and what Airflow 3 has in their stead."""

_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class _Text:
    """A template as it stands in an argument."""

    field: str
    text: str
    extensions: tuple[str, ...] = ()


class Templates:
    """Reads the templates of one workflow into a ledger."""

    def __init__(self, dag: Dag, ledger: Ledger, sources: Sources) -> None:
        self._dag = dag
        self._ledger = ledger
        self._sources = sources
        self._environment = environment_of(dag)
        self._strict = dag.template_undefined is jinja2.StrictUndefined
        self._files: dict[tuple[str, frozenset[str] | None], None] = {}

    def read(self, task: Task, values: dict[str, Anything], site: Site) -> None:
        """Read the template fields among `values`, the arguments of `task`."""
        extensions = tuple(task.template_ext or ())
        for name in task.template_fields:
            for text in _texts(name, values.get(name), extensions):
                self._text(text, task, site)

    def read_object(self, holder: Anything, task: Task | None, site: Site) -> None:
        """Read the template fields of something else that renders them: a notifier."""
        for name in getattr(holder, "template_fields", ()):
            for text in _texts(name, getattr(holder, name, None), tuple(getattr(holder, "template_ext", ()) or ())):
                self._text(text, task, site)

    def _text(self, text: _Text, task: Task | None, site: Site) -> None:
        if text.extensions and text.text.endswith(text.extensions):
            self._file(text.text, task, site.argument(text.field, text.text))
            return
        file = notes.templates.get(text.text)
        path = self._sources.tree.path(file) if file is not None else None
        if path is not None:
            self._ledger.need("template", path, self._named(text.field, file, site))
            self._template(text.text, task, _InFile(path))
        elif "{" in text.text or self._dag.jinja_environment_kwargs:
            self._template(text.text, task, _InArgument(site, text))

    def _named(self, field: str, file: str | None, site: Site) -> Place:
        """Return where an argument names the file; all that is known of the text is that it ends the file's name."""
        place = site.argument(field)
        return place if place.line is not None else Place(self._sources.tree.path(file))

    def _file(
        self,
        name: str,
        task: Task | None,
        place: Place,
        *,
        optional: bool = False,
        seen: frozenset[str] | None = None,
    ) -> None:
        loader = self._environment.loader or self._dag.get_template_env().loader
        try:
            text, filename, _ = loader.get_source(self._environment, name)
        except jinja2.TemplateNotFound:
            self._ledger.need("template", name, place, optional=optional)
            if not optional:
                self._lacks(name, place)
            return
        except UnicodeDecodeError:
            return
        path = self._sources.tree.path(filename) or name
        self._ledger.need("template", path, place, optional=optional)
        key = (path, seen)
        if key not in self._files:
            self._files[key] = None
            self._template(text, task, _InFile(path), seen=seen or frozenset())

    def _lacks(self, name: str, place: Place) -> None:
        folders = [self._sources.tree.path(folder) or folder for folder in _folders(self._dag)]
        self._ledger.problem(
            "missing-template",
            f"There is no template file '{name}' in {' or '.join(folders)}",
            place,
            fix="Correct the path. A text that is no file but ends like one needs a space at its end.",
        )

    def _template(
        self, text: str, task: Task | None, where: "_InFile | _InArgument", *, seen: frozenset[str] | None = None
    ) -> None:
        found = read_template(self._environment, text)
        if seen is not None:
            found = in_include(found, seen)
        if found.fault is not None:
            message, line = found.fault
            self._ledger.problem("template-syntax", f"The template is no valid Jinja: {message}", where.line(line))
            return
        for kind, use in found.needs:
            self._ledger.need(kind, use.name, where.line(use.line), certainty=use.certainty, optional=use.optional)
        for pull in found.pulls:
            found_pull = Pull(pull.tasks, where.line(pull.line), ordered=pull.ordered)
            check_pull(self._dag, task, found_pull, self._ledger)
        self._names(found, task, where)
        for use in found.includes:
            self._file(use.name, task, where.line(use.line), optional=use.optional, seen=found.assigned)

    def _names(self, found: Template, task: Task | None, where: "_InFile | _InArgument") -> None:
        for use in found.unknown:
            self._unknown(use, where)
        for use in found.functions:
            self._problem(f"The template uses the {use.name}, which neither Jinja nor Airflow has", use, where)
        for use in found.macros:
            self._problem(f"The template uses {use.name}, which Airflow does not have", use, where)
        declared = (task.params if task is not None else self._dag.params) or {}
        for use in found.params:
            if use.name not in declared:
                self._problem(
                    f"The template uses the parameter '{use.name}', which the workflow does not declare",
                    use,
                    where,
                    fix=f"Declare it: params={{'{use.name}': …}}. Otherwise each run has to be given it.",
                )

    def _unknown(self, use: Use, where: "_InFile | _InArgument") -> None:
        new = _REMOVED.get(use.name)
        fix = f"Airflow 3 has {new} in its stead." if new else "Correct it, or define it in user_defined_macros."
        self._problem(f"The template uses the name '{use.name}', which Airflow does not give it", use, where, fix=fix)

    def _problem(self, message: str, use: Use, where: "_InFile | _InArgument", *, fix: str | None = None) -> None:
        certainty = use.certainty if self._strict else "likely"
        self._ledger.problem("template-name", message, where.line(use.line), certainty=certainty, fix=fix)


@dataclass(frozen=True, slots=True)
class _InFile:
    path: str

    def line(self, line: int) -> Place:
        return Place(self.path, line)


@dataclass(frozen=True, slots=True)
class _InArgument:
    site: Site
    text: _Text

    def line(self, line: int) -> Place:
        return self.site.argument(self.text.field, self.text.text, below=line - 1)


def environment_of(dag: Dag) -> jinja2.Environment:
    """Return what Airflow renders the templates of the workflow with, as far as reading them is concerned."""
    if dag.user_defined_macros or dag.user_defined_filters or dag.jinja_environment_kwargs:
        environment: jinja2.Environment = dag.get_template_env()
        return environment
    return _common_environment(tuple(_folders(dag)))


@lru_cache(maxsize=64)
def _common_environment(folders: tuple[str, ...]) -> jinja2.Environment:
    # One environment for all workflows: what was read with it is remembered. Only its loader differs.
    return _plain_environment().overlay(loader=jinja2.FileSystemLoader(folders))


@lru_cache(maxsize=1)
def _plain_environment() -> jinja2.Environment:
    environment: jinja2.Environment = create_template_env()
    return environment


def _folders(dag: Dag) -> list[str]:
    searched = dag.template_searchpath or ()
    return [dag.folder, *([searched] if isinstance(searched, str) else searched)]


def _texts(field: str, value: Anything, extensions: tuple[str, ...], depth: int = 0) -> Iterator[_Text]:
    """Yield the texts that Airflow would render, as `Templater.render_template` (3.3.2) goes through a value."""
    if isinstance(value, str):
        yield _Text(field, value, extensions)
    elif depth < _DEEPEST and not hasattr(value, "resolve"):
        for inner in _inner(value):
            yield from _texts(field, inner, extensions, depth + 1)


def _inner(value: Anything) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list | tuple | set):
        return value
    if isinstance(value, type) or callable(value):
        return ()
    names = getattr(value, "template_fields", ())
    return [getattr(value, name, None) for name in names] if isinstance(names, list | tuple | set) else ()


def is_template(text: str) -> bool:
    """Say whether this text is made only when the task runs."""
    return "{{" in text or "{%" in text
