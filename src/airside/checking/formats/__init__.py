"""Reports as text: for people, for CI and for other programs.

Each format is a function of the report and of what stands before every path: in the annotations of a forge, where
the workspace lies in its repository; in the text for people, where it lies seen from their folder.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from airside.checking.formats.annotations import annotations
from airside.checking.formats.document import document_text
from airside.checking.formats.junit import junit
from airside.checking.formats.sarif import sarif
from airside.checking.formats.text import plain_text
from airside.checking.report import Report

Format = Callable[[Report, str], str]

FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {"text": plain_text, "json": document_text, "sarif": sarif, "github": annotations, "junit": junit}
)
"""By the name that the user gives."""
