import pytest

from airside.base.errors import UsageError
from dags.secret_per_environment import call_partner


def test_the_partner_is_called_with_the_credentials_of_this_environment(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_PARTNER_API", "http://tester:not-a-secret@partner.example.com")
    assert call_partner.function() == "tester at partner.example.com"


def test_the_password_is_no_part_of_the_result(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_PARTNER_API", "http://tester:not-a-secret@partner.example.com")
    assert "not-a-secret" not in call_partner.function()


def test_without_credentials_it_fails(monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_PARTNER_API", raising=False)
    with pytest.raises(UsageError, match="partner_api"):
        call_partner.function()
