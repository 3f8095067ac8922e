"""Filling the templates of a target: text in, text out."""

import json
import shlex
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def fill(target: str, template: str, **values: Any) -> str:
    """Return a template with its values.

    Args:
        target: The package below `airside.render` that has it in its folder `templates`.
        template: Its path there, such as ``compose.yaml.j2``.
        **values: What it may name; a name that is not there is an error.
    """
    return _environment(target).get_template(template).render(**values)


@cache
def _environment(target: str) -> Environment:
    environment = Environment(  # noqa: S701 - what is made is YAML, shell and units, no HTML
        loader=PackageLoader(f"airside.render.{target}", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"yaml": as_yaml, "sh": as_word}
    return environment


def as_yaml(value: object) -> str:
    """Return `value` as YAML on one line: JSON is YAML, and has one way to quote."""
    return json.dumps(value, ensure_ascii=False)


def as_word(value: object) -> str:
    """Return `value` as one word of a shell."""
    return shlex.quote(str(value))
