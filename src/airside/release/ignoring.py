"""Whether Airflow's dag processor survives an `.airflowignore`.

The walk over a bundle's files reads these without a `try`: one that is not UTF-8, or has a pattern that
does not compile, ends the whole processor, all bundles (airflow/_shared/module_loading/file_discovery.py 3.3.2).
"""

import re
import warnings

from pathspec.patterns.gitwildmatch import GitWildMatchPattern

IGNORE_FILE = ".airflowignore"


def ignore_fault(content: bytes) -> str | None:
    """Return why Airflow cannot read an `.airflowignore` with this content, or None when it can."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        return f"it is not UTF-8 at byte {error.start}"
    # Airflow opens the file with universal newlines, then cuts comments off exactly like this.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    patterns = [(number, re.sub(r"\s*#.*", "", line)) for number, line in enumerate(lines, start=1)]
    return next((f"line {number}: {fault}" for number, pattern in patterns if (fault := _pattern_fault(pattern))), None)


def _pattern_fault(pattern: str) -> str | None:
    with warnings.catch_warnings():
        # pathspec 1.0 renamed the class; Airflow uses this name.
        warnings.simplefilter("ignore")
        try:
            GitWildMatchPattern(pattern)
        except (ValueError, re.error) as error:
            return f"{pattern!r} is not a pattern: {error}"
    return None
