import logging

import pytest

# Airflow, once it is imported, prints what is logged to the standard output, where verbs print their documents.
logging.getLogger("werkzeug").setLevel(logging.WARNING)

GROUPS = ("platform", "objectstore")
"""What is marked so shares a server, and with `--dist loadgroup` one process runs it all."""


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in this hook too
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for group in GROUPS:
            if item.get_closest_marker(group):
                item.add_marker(pytest.mark.xdist_group(group))
