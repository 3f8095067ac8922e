import logging

import pytest
import turns
from hypothesis import HealthCheck, settings

# Airflow, once it is imported, prints what is logged to the standard output, where verbs print their documents.
logging.getLogger("werkzeug").setLevel(logging.WARNING)

# A machine may be busy with something else: how long an example takes says nothing.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

pytest_plugins = ["pytester"]

GROUPS = ("platform", "objectstore")
"""What is marked so shares a server, and with `--dist loadgroup` one process runs it all."""

_SLOW = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow", choices=turns.CHOICES, help="which of the slow tests run: by default the turn of the day (UTC)"
    )


def pytest_configure(config: pytest.Config) -> None:
    told: dict[str, str] = getattr(config, "workerinput", {})
    config.stash[_SLOW] = told.get("slow") or turns.chosen(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of xdist: midnight may be near, and all have to choose the same."""
    node.workerinput["slow"] = node.config.stash[_SLOW]  # type: ignore[attr-defined]  # xdist has no types


def pytest_report_header(config: pytest.Config) -> str:
    return turns.header(config.stash[_SLOW])


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in this hook too
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    slow = {item.nodeid: turns.unit(item, mark) for item in items if (mark := item.get_closest_marker("slow"))}
    left_out = turns.left_out(slow, config.stash[_SLOW])
    if config.args_source is config.ArgsSource.TESTPATHS and "targets" not in config.option.markexpr:
        left_out |= {item.nodeid for item in items if item.get_closest_marker("targets")}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
    items[:] = [item for item in items if item.nodeid not in left_out]
    for item in items:
        for group in GROUPS:
            if item.get_closest_marker(group):
                item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def whole_dose(request: pytest.FixtureRequest) -> bool:
    """Whether slow tests run at their full size: where all of them run."""
    return request.config.stash[_SLOW] == turns.ALL
