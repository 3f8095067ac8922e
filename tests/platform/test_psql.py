import pytest

from airside.base.errors import UsageError
from airside.platform.psql import _variables, without_password

URL = "postgresql+psycopg2://me%40home:p%2Fs%23s@db.example.com:5433/air%20flow?sslmode=require&unknown=1"


def test_a_url_becomes_variables_of_the_client() -> None:
    assert _variables(URL) == {
        "PGHOST": "db.example.com",
        "PGPORT": "5433",
        "PGUSER": "me@home",
        "PGPASSWORD": "p/s#s",
        "PGDATABASE": "air flow",
        "PGSSLMODE": "require",
    }


def test_messages_show_a_url_without_its_password() -> None:
    assert without_password(URL) == "postgresql://me%40home@db.example.com:5433/air%20flow"
    assert without_password("postgresql:///airflow?host=/run/x") == "postgresql:///airflow"


@pytest.mark.parametrize("password", ["se/cret", "se#cret", "1/secret", "se?cret", "se[cret", "12#secret"])
def test_a_password_that_is_not_quoted_is_refused_and_not_shown(password: str) -> None:
    with pytest.raises(UsageError) as error:
        without_password(f"postgresql://me:{password}@db.example.com/airflow")
    assert "cret" not in f"{error.value} {error.value.hint}"
