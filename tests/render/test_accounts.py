"""Who may log in is the same on every target that has accounts of its own."""

import pytest
from rendered_subject import subject

from airside.render.accounts import as_option, user_faults, users

ROUTE = '[[alerts]]\nchannels = ["chat"]\n'
USERS = '[airflow.config.core]\nsimple_auth_manager_users = "%s"\n'


def test_one_administrator_is_there_where_nobody_is_named() -> None:
    assert users(subject()) == {"airflow": "admin"}


def test_the_watcher_has_an_account_that_reads_beside_those_that_are_named() -> None:
    assert as_option(subject(USERS % "ana:admin, bob:viewer," + ROUTE)) == "ana:admin,bob:viewer,airside-alerts:viewer"


def test_the_role_of_the_watcher_can_be_said() -> None:
    assert users(subject(USERS % "ana:admin,airside-alerts:user" + ROUTE))["airside-alerts"] == "user"


@pytest.mark.parametrize(("said", "fault"), [("a/b:admin", "'a/b' cannot be a user here"), ("ana", "no role")])
def test_who_cannot_be_a_user_is_named(said: str, fault: str) -> None:
    [found] = user_faults(subject(USERS % said))
    assert fault in found
