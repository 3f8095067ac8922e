"""What `[[alerts]]` and `[alerting]` may say, and what is said of what they may not."""

from pathlib import Path

import pytest

from airside.base.errors import WorkspaceError
from airside.workspace.reading import parse_settings
from airside.workspace.settings import Settings

ROUTE = '[[alerts]]\nchannels = ["chat"]\n'


def _read(text: str) -> Settings:
    return parse_settings(f'[workspace]\nname = "x"\n{text}\n'.encode(), Path("airside.toml"))


def test_a_route_matches_all_that_it_does_not_name() -> None:
    (route,) = _read(ROUTE).alerts
    assert (route.channels, route.environments, route.events, route.severity) == (("chat",), (), (), None)


def test_routes_keep_their_order() -> None:
    assert [route.name for route in _read(f'{ROUTE}name = "a"\n{ROUTE}name = "b"').alerts] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[alerts]]", "alerts[0].channels: is missing"),
        ("[[alerts]]\nchannels = []", "alerts[0].channels: expected a list of one or more"),
        ('[[alerts]]\nchannels = [""]', "alerts[0].channels[0]: expected some text"),
        (f'{ROUTE}workflow = ["a"]', "alerts[0].workflow: unknown key (known: name, channels,"),
        (f'{ROUTE}workflow = ["a"]', "did you mean 'workflows'?"),
        (f'{ROUTE}workflows = "a"', "alerts[0].workflows: expected a list"),
        (f'{ROUTE}events = ["task-faild"]', "alerts[0].events[0]: 'task-faild' is no event (known: task-failed,"),
        (f'{ROUTE}events = ["task-faild"]', "did you mean 'task-failed'?"),
        (f'{ROUTE}severity = "eror"', "alerts[0].severity: 'eror' is no severity (known: info, warning, error"),
        (f"{ROUTE}by_task = 1", "alerts[0].by_task: expected true or false, found 1"),
        (f'{ROUTE}environments = ["prd"]\n[environments.prod]', "names an environment 'prd', which is not declared"),
        (f'{ROUTE}environments = ["prd"]\n[environments.prod]', "(known: prod, dev; did you mean 'prod'?)"),
        ('[alerting]\nbase_url = "airflow.example.com"', "alerting.base_url: expected an address, such as https://"),
        ("[alerting]\ninterval = 0", "alerting.interval: expected at least 0.5, found 0"),
        ('[alerts]\nchannels = ["chat"]', "alerts: expected a list"),
        ('[alerting]\nbase_url = "airflow.example.com"', "alerting.base_url: "),
        ("[alerting]\ninterval = 0", "alerting.interval: "),
        ('[alerting]\nrunbook = "https://wiki/{dag}"', "alerting.runbook: 'https://wiki/{dag}' is no pattern"),
        ('[alerting]\nrunbook = "https://wiki/{workflow.x}"', "alerting.runbook: "),
        ('[alerting]\nrunbook = "https://wiki/{"', "alerting.runbook: "),
        ("[alerting]\nchanels = 1", "alerting.chanels: unknown key (known: base_url, interval, runbook)"),
    ],
)
def test_what_it_cannot_say_is_an_error_in_its_own_words(text: str, said: str) -> None:
    with pytest.raises(WorkspaceError) as raised:
        _read(text)
    assert said in raised.value.message


def test_a_route_may_name_environments_by_a_pattern_and_the_local_one() -> None:
    (route,) = _read(f'{ROUTE}environments = ["preview/*", "dev"]').alerts
    assert route.environments == ("preview/*", "dev")


def test_a_runbook_may_name_environment_workflow_and_team() -> None:
    pattern = "https://wiki/{environment}/{workflow}?{team}"
    assert _read(f'[alerting]\nrunbook = "{pattern}"').alerting.runbook == pattern
