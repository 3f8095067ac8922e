#!/usr/bin/env python3
"""Write the JSON schema of functional tests from the classes that read them: `python docs/generate_test_schema.py`.

It is published beside the page of the format, and part of the package. A test fails when either is not what this
script writes.
"""

from pathlib import Path

from airside.testing.cases.schema import schema_text

DOCS = Path(__file__).parent
PLACES = (
    DOCS / "formats" / "functional-test.schema.json",
    DOCS.parent / "src" / "airside" / "testing" / "cases" / "schema.json",
)

if __name__ == "__main__":
    for place in PLACES:
        place.write_text(schema_text())
