"""What the tests of stand-ins are given by their fixtures."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Start = Callable[..., Any]
"""Starts a stand-in under a connection id."""

Write = Callable[[Mapping[str, str]], Path]
"""Writes files into the folder of the test."""
