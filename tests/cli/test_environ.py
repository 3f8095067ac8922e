from pathlib import Path

import pytest

from airside.base.errors import UsageError
from airside.cli.environ import airflow_user

USER = {"AIRSIDE_AIRFLOW_USERNAME": "ana"}


def test_the_password_of_an_airflow_can_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(" s3cret \n")
    assert airflow_user(USER | {"AIRSIDE_AIRFLOW_PASSWORD_FILE": str(file)}) == ("ana", " s3cret ")


def test_a_password_that_is_given_wins_over_its_file() -> None:
    given = {"AIRSIDE_AIRFLOW_PASSWORD": "given", "AIRSIDE_AIRFLOW_PASSWORD_FILE": "/nowhere"}
    assert airflow_user(USER | given) == ("ana", "given")


def test_without_a_password_there_is_an_empty_one() -> None:
    assert airflow_user({}) == ("", "")


def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be read from .*nothing: No such file") as caught:
        airflow_user(USER | {"AIRSIDE_AIRFLOW_PASSWORD_FILE": str(tmp_path / "nothing")})
    assert "AIRSIDE_AIRFLOW_PASSWORD_FILE" in str(caught.value.hint)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="it is not text"):
        airflow_user(USER | {"AIRSIDE_AIRFLOW_PASSWORD_FILE": str(tmp_path / "binary")})
